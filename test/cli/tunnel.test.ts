import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from "vitest";
import { generateSeed, KeyPair, ready } from "../../src/shs/index.ts";
import { createKeyFile } from "../../src/stores/index.ts";
import { start } from "../support/program.ts";

vi.setConfig({ testTimeout: 60_000 }); // each test starts processes, and machines are busy

let folder: string;
let client: KeyPair;
const file = (name: string) => join(folder, name);

beforeAll(async () => {
  await ready();
  folder = await mkdtemp(join(tmpdir(), "handfast-tunnel-"));
  client = KeyPair.fromSeed(generateSeed());
  await createKeyFile(file("client.key"), client);
  await createKeyFile(file("server.key"), KeyPair.fromSeed(generateSeed()));
});
afterAll(() => rm(folder, { recursive: true }));

/** Starts one end of a tunnel; says where it listens, and stops it with SIGTERM. */
async function tunnel(...args: string[]) {
  const all = ["--json", "tunnel", ...args, "--network", "tunnel.test/v1", "--grace", "1"];
  const child = start("src/cli/main.ts", all);
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const stderr = text(child.stderr!);
  const lines: string[] = [];
  child.stdout!.setEncoding("utf8").on("data", (line: string) => lines.push(line));
  await once(child.stdout!, "data");
  const { addresses } = JSON.parse(lines[0]!) as { addresses: string[] };
  const stop = async () => {
    child.kill("SIGTERM");
    const [status] = (await once(child, "close")) as [number | null];
    return { status, stats: JSON.parse(lines.slice(1).join("")) as object, stderr: await stderr };
  };
  return { address: addresses[0]!, stop };
}

it("carries a connection between two processes, and ends in order on SIGTERM", async () => {
  const service = createServer((socket) => socket.pipe(socket)).listen(0, "127.0.0.1");
  await once(service, "listening");
  const to = `127.0.0.1:${(service.address() as AddressInfo).port}`;
  await writeFile(file("admitted"), `# those we know\n${client.id} # the client\n`);
  const listen = ["--listen", "tcp://127.0.0.1:0", "--key", file("server.key")];
  const far = await tunnel("serve", "--to", to, ...listen, "--admit-file", file("admitted"));
  const near = await tunnel("connect", far.address, "--key", file("client.key"));

  const socket = connect(Number(near.address.split(":")[1]), "127.0.0.1");
  socket.end("hello");
  expect(await text(socket)).toBe("hello");
  service.close();

  const bytes = { sentBytes: 5, receivedBytes: 5 };
  const stats = { joined: 1, open: 0, cut: 0, refused: 0, ...bytes };
  expect(await near.stop()).toEqual({ status: 0, stats, stderr: "" });
  expect(await far.stop()).toEqual({ status: 0, stats, stderr: "" });
});
