import { onTestFinished } from "vitest";
import { Identity, Vat, type VatOptions } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { TestCounter } from "./test-counter.ts";

export { TestCounter } from "./test-counter.ts";

/** A vat that is closed when the test is over. */
export async function openVat(options: Partial<VatOptions> = {}): Promise<Vat> {
  const identity = options.identity ?? (await Identity.generate());
  const vat = await Vat.open({ network: "handfast.test", ...options, identity });
  onTestFinished(() => vat.close());
  return vat;
}

export const LOOPBACK = "tcp://127.0.0.1:0";

export interface Pair {
  readonly root: Counter.Client;
  readonly counter: TestCounter;
  readonly log: string[];
  readonly server: Vat;
  readonly client: Vat;
  readonly address: string;
}

/** A server with a counter, and a client connected to it over TCP. */
export async function pair(options: Partial<VatOptions> = {}): Promise<Pair> {
  const log: string[] = [];
  const counter = new TestCounter(0, log);
  const server = await openVat({ admit: "anyone", bootstrap: () => counter, ...options });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat();
  const root = client.connect(address).bootstrap(Counter);
  return { root, counter, log, server, client, address };
}

/** Lets the event loop run until `condition` holds; a test that waits in vain times out. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
