/** A link with a delay: `delay-proxy PORT MS` stands before a port of this machine. */
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { HOST } from "../peers/address.ts";
import { say } from "./orders.ts";

const [port, delayMs] = process.argv.slice(2).map(Number);

/** Passes on what comes from one socket to the other when its time has come, in order. */
function delay(from: Socket, to: Socket): void {
  from.on("data", (chunk) => {
    setTimeout(() => to.write(chunk), delayMs);
  });
  from.on("error", () => {}); // `close` follows
  from.on("close", () => {
    setTimeout(() => to.destroy(), delayMs);
  });
}

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ port: port ?? 0, host: HOST, noDelay: true });
  delay(client, upstream);
  delay(upstream, client);
});
server.listen(0, HOST, () => {
  say(`listening ${(server.address() as AddressInfo).port}`);
});
process.stdin.resume().on("end", () => process.exit());
