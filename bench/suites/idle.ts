/**
 * What an idle connection costs: N of them in one process, both ends, against as many bare TCP
 * connections in the same process. Prints bytes per connection.
 *
 *     node --expose-gc --import tsx bench/suites/idle.ts [N]
 */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { dial, listen, type SecureSocket } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";

const count = Number(process.argv[2] ?? 2000);

async function memoryBytes(): Promise<number> {
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function bare(): Promise<number> {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    socket.resume();
    sockets.push(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const before = await memoryBytes();
  for (let index = 0; index < count; index += 1) {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    socket.resume();
    sockets.push(socket);
  }
  const bytes = (await memoryBytes()) - before;
  for (const socket of sockets) socket.destroy();
  server.close();
  return bytes / count;
}

async function secure(): Promise<number> {
  await ready();
  const roads: SecureSocket[] = [];
  const keep = (socket: SecureSocket) => {
    socket.start({ data: () => {}, ended: () => {}, drain: () => {}, closed: () => {} });
    roads.push(socket);
  };
  const network = networkIdentifier("bench");
  const door = await listen({
    address: { host: "127.0.0.1", port: 0 },
    keyPair: KeyPair.fromSeed(generateSeed()),
    network,
    suites: ["aead64k"],
    admit: () => true,
    accepted: keep,
    limits: { maxRoadsPerKey: count + 1 },
  });
  const [address] = door.peerAddresses();
  if (address === undefined) throw new Error("no address");
  const keyPair = KeyPair.fromSeed(generateSeed());
  keep(await dial({ address, keyPair, network })); // warms up
  const before = await memoryBytes();
  for (let index = 0; index < count; index += 1) keep(await dial({ address, keyPair, network }));
  const bytes = (await memoryBytes()) - before;
  for (const road of roads) road.destroy();
  await door.close();
  return bytes / count;
}

const [bareBytes, secureBytes] = [await bare(), await secure()];
console.log(`${count} connections, both ends in one process; bytes of heap and external memory`);
console.log(`bare TCP         ${Math.round(bareBytes)} per connection`);
console.log(`handfast         ${Math.round(secureBytes)} per connection`);
console.log(`beyond the bare  ${Math.round((secureBytes - bareBytes) / 2)} per end`);
