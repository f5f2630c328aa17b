import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Road } from "../../../src/examples/library/story/road.ts";

let library: Server;
let road: Road;
let reader: Socket;
beforeEach(async () => {
  library = createServer((socket) => socket.on("data", (bytes) => socket.write(bytes)));
  library.listen(0, "127.0.0.1");
  await once(library, "listening");
  road = await Road.to((library.address() as AddressInfo).port);
  reader = connect(road.port, "127.0.0.1");
});
afterEach(async () => {
  reader.destroy();
  await road[Symbol.asyncDispose]();
  library.close();
});

it("the road carries what is said both ways", async () => {
  reader.write("hello");
  expect(String((await once(reader, "data"))[0])).toBe("hello");
});

it("held answers come when they are let through, and count as one round trip", async () => {
  reader.write("one");
  await once(reader, "data");
  const heard: string[] = [];
  reader.on("data", (bytes) => heard.push(String(bytes)));
  road.holdAnswers();
  reader.write("two");
  // By the time a longer conversation beside the road is over, the answer would have come.
  const { port } = library.address() as AddressInfo;
  const beside = connect(port, "127.0.0.1");
  for (let turn = 0; turn < 10; turn++) {
    beside.write("x");
    await once(beside, "data");
  }
  beside.destroy();
  expect(heard).toEqual([]);
  road.letAnswersThrough();
  await once(reader, "data");
  expect(heard.join("")).toBe("two");
  expect(road.roundTrips).toBe(1);
});

it("the road ends when either side does", async () => {
  reader.write("x");
  await once(reader, "data");
  reader.end();
  await once(reader, "close");
  expect(reader.destroyed).toBe(true);
});
