/**
 * Strangers at a server's door, from many addresses of 127/8. The order `flood ms=… halfOpen=…
 * garbage=… PORT` keeps so many connections open that say nothing, and opens so many a second that
 * say what nobody asked for and leave; the silent ones stay for the next order.
 */
import { connect, type Socket } from "node:net";
import { parseAddress } from "../peers/address.ts";
import { type Answer, takeOrders, word } from "./orders.ts";

const TICK_MS = 50;

/** New silent ones in a tick: 2000 a second. */
const SILENT_A_TICK = 100;

/** An echo server takes its first byte for an order to send the others back, and does. */
const GARBAGE = Buffer.alloc(100, 2);

let opened = 0;
const silent = new Set<Socket>();

function flood(port: number, ms: number, halfOpen: number, garbage: number): Promise<Answer> {
  const before = opened;
  const timer = setInterval(() => {
    for (let left = Math.min(halfOpen - silent.size, SILENT_A_TICK); left > 0; left -= 1) {
      const socket = stranger(port);
      silent.add(socket);
      socket.on("close", () => silent.delete(socket));
    }
    for (let left = (garbage * TICK_MS) / 1000; left > 0; left -= 1) {
      const socket = stranger(port);
      socket.on("connect", () => socket.end(GARBAGE));
    }
  }, TICK_MS);
  return new Promise((resolve) => {
    setTimeout(() => {
      clearInterval(timer);
      resolve({ opened: opened - before, silent: silent.size });
    }, ms);
  });
}

function stranger(port: number): Socket {
  const localAddress = `127.0.${1 + (opened % 100)}.${1 + (opened % 250)}`;
  opened += 1;
  const socket = connect({ port, host: "127.0.0.1", localAddress });
  socket.on("error", () => {}); // of course
  socket.resume();
  return socket;
}

takeOrders(async (verb, words, rest) => {
  if (verb !== "flood") return undefined;
  const { port } = parseAddress(rest.slice(rest.lastIndexOf("port=") + "port=".length));
  return await flood(port, word(words, "ms"), word(words, "halfOpen"), word(words, "garbage"));
});
