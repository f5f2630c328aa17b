import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Identity, Vat, type VatOptions } from "handfast";
import { measureThroughput } from "../../src/cli/probe.ts";
import { Probe } from "../../src/cli/probe.capnp.ts";
import { run } from "../../src/cli/program.ts";
import { Counter } from "../support/counter.capnp.ts";
import { handfast, screen } from "./screen.ts";

const NETWORK = "probe.test/v1";

function keyFile(): string {
  const folder = mkdtempSync(join(tmpdir(), "handfast-probe-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, "me.key");
}

/** A peer that offers what it is told to. */
async function peer(bootstrap: VatOptions["bootstrap"]) {
  const vat = await Vat.open({
    identity: await Identity.generate(),
    network: NETWORK,
    admit: "anyone",
    bootstrap,
  });
  onTestFinished(() => vat.close());
  return { vat, address: (await vat.listen("tcp://127.0.0.1:0")).address };
}

it("writes to a probe and counts what it says has arrived, until it is interrupted", async () => {
  const [server, client] = [keyFile(), keyFile()];
  const { out: id } = await handfast("keygen", client);
  await handfast("keygen", server);
  const { terminal, out } = screen();
  const door = ["--listen", "tcp://127.0.0.1:0", "--key", server, "--admit", id.trim()];
  const args = ["--json", "serve-probe", ...door, "--network", NETWORK];
  const serving = run(args, terminal);
  while (out() === "") await new Promise((resolve) => setImmediate(resolve));
  const { addresses } = JSON.parse(out()) as { addresses: [string] };

  const options = ["--key", client, "--network", NETWORK, "--count", "1", "--json"];
  const answer = await handfast("ping", addresses[0], ...options, "--throughput", "1");
  expect(answer).toMatchObject({ status: 0, err: "" });
  const [pinged, probed] = answer.out.trim().split("\n");
  expect(JSON.parse(pinged!)).toMatchObject({ suite: "aead64k", roundTrips: { count: 1 } });
  const { throughput } = JSON.parse(probed!) as {
    throughput: Record<"bytes" | "tookMs" | "megabytesPerSecond", number>;
  };
  expect(throughput.tookMs).toBeGreaterThanOrEqual(1000);
  expect(throughput.bytes).toBeGreaterThan(64 * 1024);
  const rate = throughput.bytes / 1000 / throughput.tookMs;
  expect(throughput.megabytesPerSecond).toBeCloseTo(rate, 1);

  process.emit("SIGTERM");
  expect(await serving).toBe(0);
  expect(JSON.parse(out().trim().split("\n")[1]!)).toEqual({ bytes: throughput.bytes });
});

it("writes nothing to a peer that offers no probe", async () => {
  const client = keyFile();
  await handfast("keygen", client);
  const { vat, address } = await peer(() => new (class extends Counter.Server {})());
  const options = ["--key", client, "--network", NETWORK, "--count", "0"];
  const { status, out, err } = await handfast("ping", address, ...options, "--throughput", "1");
  expect(status).toBe(1);
  expect(out).toContain("answered in");
  expect(err).toMatch(
    /^error NO_PROBE: the peer offers no probe\nhint: only `handfast serve-probe`/,
  );
  expect(vat.stats().total.bytesIn).toBeLessThan(1000);
});

it("fails with a probe that does not take what is written", async () => {
  const { address } = await peer(
    () =>
      new (class extends Probe.Server {
        override received() {
          return { bytes: 0n };
        }
      })(),
  );
  await using vat = await Vat.open({ identity: await Identity.generate(), network: NETWORK });
  using probe = vat.connect(address).bootstrap(Probe);
  await expect(measureThroughput(probe, 60_000)).rejects.toMatchObject({
    kind: "unimplemented",
  });
});
