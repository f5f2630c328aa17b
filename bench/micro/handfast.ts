/** Nanoseconds of the byte layer's hot paths. */
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
  ReceivedContent,
  Struct,
  struct,
  type StructView,
} from "handfast/capnp";
import { type Message } from "../../src/rpc/index.ts";
import { Named, Point, Points, Zoo } from "../../test/capnp/zoo.capnp.ts";
import { runProbes } from "./probe.ts";
import { Record } from "./record.capnp.ts";
import { CLASSES, ISBN, look, POINT_COUNT, RECORD } from "./subject.ts";

const BATCH = 64;

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

const finish: Message = {
  is: "finish",
  questionId: 1,
  releaseResultCaps: false,
  requireEarlyCancellationWorkaround: false,
};

const writer = new FrameWriter();
let batched = 0;

/** As the driver does it: what one turn has sent is taken together. */
function send(message: Message): unknown {
  writer.add(encodeMessage(message));
  batched += 1;
  return batched % BATCH === 0 ? writer.take() : undefined;
}

const received = (() => {
  const out = new FrameWriter();
  for (let count = 0; count < BATCH; count += 1) out.add(encodeMessage(call(ISBN)));
  return Buffer.concat(out.take());
})();
const reader = new FrameReader();

function receive(): unknown {
  let last: unknown;
  reader.push(received);
  for (let next = reader.next(); next !== undefined; next = reader.next()) {
    const message = decodeMessage(next);
    if (message.is !== "call") throw new Error("not a call");
    const { content } = message.params;
    if (content instanceof ReceivedContent) last = content.root(Named).name;
  }
  return last;
}

const zoo = decode(Zoo, encode(Zoo, { uint32: 7, text: "Emma", point: { x: 1, y: 2 } }));
const points = Array.from({ length: POINT_COUNT }, (_, x) => ({ x, y: -x }));
const pointsBytes = encode(Points, { points });

// The same code for very many structs: no inline cache knows them all.
const lists = Array.from({ length: CLASSES }, (_, id) => {
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
  return List(
    struct<Reader, Reader, object, object>({
      name: `Point${id}`,
      id: BigInt(id),
      dataWords: 1,
      pointerCount: 0,
      Reader,
      Builder: Reader,
      fields: ["x", "y"],
      set: () => {},
    }),
  );
});
const elements = constant(encode(List(Point), points), AnyPointer); // without a budget

const record = encode(Record, RECORD);
/** The same struct as very many programs have it: each has classes of its own. */
const records = await Promise.all(
  Array.from({ length: CLASSES }, async (_, id) => {
    const module = import.meta.url.replace(/handfast(\.\w+)$/, `record.capnp$1?${id}`);
    return ((await import(module)) as { readonly Record: typeof Record }).Record; // by its name
  }),
);

runProbes([
  { name: "call,write", times: 100_000, alsoCold: true, body: () => send(call(ISBN)) },
  { name: "call,read", times: 2000, each: BATCH, alsoCold: true, body: receive },
  { name: "finish,write", times: 100_000, body: () => send(finish) },
  {
    name: "struct,write",
    times: 100_000,
    alsoCold: true,
    body: () => encode(Point, { x: 1, y: 2 }),
  },
  {
    name: "record,read",
    times: 50_000,
    alsoCold: true,
    body: () => look(decode(Record, record)),
  },
  {
    name: "record,write",
    times: 50_000,
    alsoCold: true,
    body: () => encode(Record, RECORD),
  },
  { name: "field=UInt32", times: 1_000_000, alsoCold: true, body: () => zoo.uint32 },
  { name: "field=Text", times: 500_000, alsoCold: true, body: () => zoo.text },
  { name: "field=struct", times: 500_000, alsoCold: true, body: () => zoo.point.x },
  {
    name: "list=1000,read",
    times: 500,
    each: POINT_COUNT,
    body: () => {
      let sum = 0;
      for (const { x, y } of decode(Points, pointsBytes).points) sum += x + y;
      return sum;
    },
  },
  {
    name: "list=1000,write",
    times: 200,
    each: POINT_COUNT,
    body: () => encode(Points, { points }),
  },
  {
    name: "list=1000,classes=24,read",
    times: 10,
    each: POINT_COUNT * CLASSES,
    body: () => {
      let sum = 0;
      for (const type of lists) for (const { x, y } of elements.as(type)) sum += x + y;
      return sum;
    },
  },
  {
    name: "record,classes=24,read",
    times: 1000,
    each: CLASSES,
    body: () => {
      let sum = 0;
      for (const type of records) sum += look(decode(type, record));
      return sum;
    },
  },
  {
    name: "record,classes=24,write",
    times: 1000,
    each: CLASSES,
    body: () => {
      let bytes = 0;
      for (const type of records) bytes += encode(type, RECORD).length;
      return bytes;
    },
  },
]);
