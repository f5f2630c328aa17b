/**
 * Nanoseconds of the byte layer's hot paths, beside capnp-ts. It is bundled first, because tsx
 * renames every class in a static block, which makes each `new` some 60 ns slower:
 *
 *   npx esbuild bench/micro/codec.ts --bundle --platform=node --format=esm --packages=external \
 *     --alias:handfast/capnp=./src/capnp/index.ts --outfile=node_modules/.cache/codec.mjs
 *   node node_modules/.cache/codec.mjs
 */
import * as capnpTs from "capnp-ts";
import * as oracle from "capnp-ts/src/std/rpc.capnp.js";
import {
  AnyPointer,
  constant,
  ContentBuilder,
  decode,
  decodeMessage,
  encode,
  encodeMessage,
  FrameReader,
  FrameWriter,
  i32,
  List,
  type ReceivedContent,
  Struct,
  struct,
  type StructView,
} from "handfast/capnp";
import type { Message } from "../../src/rpc/index.ts";
import { Named, Point, Points, Zoo } from "../../test/capnp/zoo.capnp.ts";

const RUNS = 7;
let sink: unknown;

function measure(name: string, times: number, body: () => unknown): void {
  const spent: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const start = process.hrtime.bigint();
    for (let i = 0; i < times; i++) sink = body();
    spent.push(Number(process.hrtime.bigint() - start) / times);
  }
  spent.sort((a, b) => a - b);
  console.log(`${name.padEnd(52)} ${spent[0]!.toFixed(0).padStart(8)} ns`);
}

function call(name: string): Message {
  const content = new ContentBuilder("call");
  content.root(Named).name = name;
  return {
    is: "call",
    questionId: 1,
    target: { is: "importedCap", id: 2 },
    interfaceId: 0xdeadbeefcafen,
    methodId: 3,
    params: { content, capTable: [] },
    sendResultsTo: "caller",
    allowThirdPartyTailCall: false,
    noPromisePipelining: false,
    onlyPromisePipeline: false,
  };
}

function oracleCall(name: string): Uint8Array {
  const message = new capnpTs.Message();
  const at = message.initRoot(oracle.Message).initCall();
  at.questionId = 1;
  at.initTarget().importedCap = 2;
  at.interfaceId = 0xdeadbeefcafen;
  at.methodId = 3;
  const params = capnpTs.Struct.getAs(
    oracle.Exception,
    at.initParams().getContent() as unknown as capnpTs.Struct,
  );
  capnpTs.Struct.initStruct(new capnpTs.ObjectSize(8, 2), params);
  params.reason = name;
  return new Uint8Array(message.toArrayBuffer());
}

const writer = new FrameWriter();
let batched = 0;
function send(message: Message): void {
  writer.add(encodeMessage(message));
  if (++batched % 64 === 0) sink = writer.take();
}

const reader = new FrameReader();
const batch = (() => {
  const out = new FrameWriter();
  for (let i = 0; i < 64; i++) out.add(encodeMessage(call("9780000000002")));
  return Buffer.concat(out.take());
})();
const oneCall = oracleCall("9780000000002");

measure("build and encode a call (Text of 13 bytes)", 100_000, () => send(call("9780000000002")));
measure("  capnp-ts", 5_000, () => oracleCall("9780000000002"));
measure("encode a finish", 100_000, () =>
  send({
    is: "finish",
    questionId: 1,
    releaseResultCaps: false,
    requireEarlyCancellationWorkaround: false,
  }),
);
measure("decode a call, read its Text (64 in a chunk), each", 2_000, () => {
  reader.push(batch);
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    const message = decodeMessage(next);
    if (message.is === "call") sink = (message.params.content as ReceivedContent).root(Named).name;
  }
});
measure("  capnp-ts (one)", 5_000, () => {
  const { call: read } = new capnpTs.Message(oneCall, false).getRoot(oracle.Message);
  sink = [read.questionId, read.target.importedCap, read.interfaceId, read.methodId];
  const content = read.params.getContent() as unknown as capnpTs.Struct;
  return capnpTs.Struct.getAs(oracle.Exception, content).reason;
});

const zoo = decode(Zoo, encode(Zoo, { uint32: 7, text: "Emma", point: { x: 1, y: 2 } }));
measure("read a UInt32", 1_000_000, () => zoo.uint32);
measure("read a Text of 4 bytes", 500_000, () => zoo.text);
measure("read a struct and its field", 500_000, () => zoo.point.x);

const points = Array.from({ length: 1000 }, (_, x) => ({ x, y: -x }));
const pointsBytes = encode(Points, { points });
measure("read a list of 1,000 structs", 1_000, () => {
  let sum = 0;
  for (const { x, y } of decode(Points, pointsBytes).points) sum += x + y;
  return sum;
});
measure("build a list of 1,000 structs", 500, () => encode(Points, { points }));
measure("encode a small struct", 100_000, () => encode(Point, { x: 1, y: 2 }));
// The same code for very many structs: no inline cache knows them all.
const classes = Array.from({ length: 24 }, (_, id) => {
  class Reader extends Struct {
    public constructor(at: StructView) {
      super(at);
    }
    get x(): number {
      return i32(this.$, 0);
    }
    get y(): number {
      return i32(this.$, 4);
    }
  }
  return struct<Reader, Reader, object, object>({
    name: `Point${id}`,
    id: BigInt(id),
    dataWords: 1,
    pointerCount: 0,
    Reader,
    Builder: Reader,
    fields: ["x", "y"],
    set() {},
  });
});
const lists = classes.map((type) => List(type));
const elements = constant(pointsBytes.subarray(16), AnyPointer); // behind the frame and the struct
measure("read 24 lists of 1,000 structs of 24 classes, each", 20, () => {
  let sum = 0;
  for (const type of lists) for (const { x, y } of elements.as(type)) sum += x + y;
  return sum;
});

if (sink === 0) console.log(sink);
