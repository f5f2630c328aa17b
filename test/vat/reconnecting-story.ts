import { type Client, type InterfaceType } from "../../src/capnp/index.ts";
import { clientOfHook } from "../../src/objects/index.ts";
import {
  type Connection,
  reconnecting,
  type ReconnectingOptions,
  VatError,
} from "../../src/vat/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { SimulatedHost } from "../support/simulated-host.ts";
import { SimulatedNetwork, type SimulatedVat } from "../support/simulated-network.ts";
import { TestCounter } from "./test-counter.ts";

/** A client that dials one server after the other, each with a counter, on virtual time. */
export class Story {
  readonly network = new SimulatedNetwork();
  readonly reader = new SimulatedHost(this.network.vat("reader"));
  readonly log: string[] = [];
  readonly states: string[] = [];
  /** The servers that were dialled, the newest last. */
  readonly servers: SimulatedVat[] = [];
  /** What the next dials end in, where they fail. */
  readonly failures: unknown[] = [];
  closedHandles = 0;
  readonly counter = new TestCounter(0, this.log);

  connect(): Connection {
    const failure = this.failures.shift();
    if (failure instanceof VatError) throw failure;
    const server = this.network.vat(`server ${this.servers.length + 1}`);
    new SimulatedHost(server).offers(this.counter);
    this.servers.push(server);
    this.network.connect(this.reader.vat, server);
    const root = this.reader.vat.bootstrap(server);
    const bootstrap = <C extends Client>(type: InterfaceType<C>): C => {
      if (failure instanceof Error) throw failure;
      return clientOfHook<InterfaceType<C>>(type, root);
    };
    const close = () => {
      this.closedHandles += 1;
      return Promise.resolve();
    };
    const never = new Promise<never>(() => {});
    return {
      ready: never,
      closed: never,
      closeReason: undefined,
      bootstrap,
      close,
      [Symbol.asyncDispose]: close,
    };
  }

  reconnecting(options: Partial<ReconnectingOptions<Counter.Client>> = {}) {
    const it = reconnecting<Counter.Client>(this, "address", {
      establish: (connection) => connection.bootstrap(Counter),
      clock: this.reader.clock,
      random: () => 1,
      ...options,
    });
    it.onState((state) => {
      this.states.push(state.is === "waiting" ? `waiting ${state.delayMs}` : state.is);
    });
    return it;
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 8; round++) {
      this.network.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** The newest connection is cut. */
  async cut(): Promise<void> {
    this.reader.vat.loses(this.servers.at(-1)!);
    await this.settle();
  }

  async pass(ms: number): Promise<void> {
    this.reader.clock.advance(ms);
    await this.settle();
  }
}
