/** The same as in handfast.ts, by capnp-ts. */
import * as capnp from "capnp-ts";
import * as rpc from "capnp-ts/src/std/rpc.capnp.js";
import { decode, encode } from "handfast/capnp";
import { Points, Zoo } from "../../test/capnp/zoo.capnp.ts";
import { runProbes } from "./probe.ts";
import { Record } from "./record.capnp.ts";
import { CLASSES, ISBN, look, POINT_COUNT, RECORD } from "./subject.ts";

const NAMED_SIZE = new capnp.ObjectSize(8, 2);

function call(name: string): Uint8Array {
  const message = new capnp.Message();
  const at = message.initRoot(rpc.Message).initCall();
  at.questionId = 1;
  at.initTarget().importedCap = 2;
  at.interfaceId = 0xdeadbeefcafen;
  at.methodId = 3;
  const params = namedIn(at.initParams());
  capnp.Struct.initStruct(NAMED_SIZE, params);
  params.reason = name;
  return new Uint8Array(message.toArrayBuffer());
}

/** The content of a payload as a struct with a Text, whichever: the standard schemas have one. */
function namedIn(payload: rpc.Payload): rpc.Exception {
  // A pointer of any kind, which becomes a struct by being read as one.
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
  return capnp.Struct.getAs(rpc.Exception, payload.getContent());
}

const oneCall = call(ISBN);

function receive(): unknown {
  const { call: read } = new capnp.Message(oneCall, false).getRoot(rpc.Message);
  const envelope = [read.questionId, read.target.importedCap, read.interfaceId, read.methodId];
  return [envelope, namedIn(read.params).reason];
}

/** Another class each time, as generated code has one for each struct. */
function pointClass(displayName: string) {
  return class extends capnp.Struct {
    static override readonly _capnp = {
      displayName,
      id: "9a7f3c21d4e5b601",
      size: new capnp.ObjectSize(8, 0),
    };
    get x(): number {
      return capnp.Struct.getInt32(0, this);
    }
    set x(value: number) {
      capnp.Struct.setInt32(0, value, this);
    }
    get y(): number {
      return capnp.Struct.getInt32(4, this);
    }
    set y(value: number) {
      capnp.Struct.setInt32(4, value, this);
    }
  };
}

const Point = pointClass("Point");
const PointList = capnp.CompositeList(Point);
class PointsStruct extends capnp.Struct {
  static override readonly _capnp = {
    displayName: "Points",
    id: "9a7f3c21d4e5b602",
    size: new capnp.ObjectSize(0, 1),
  };
}
const lists = Array.from({ length: CLASSES }, (_, id) =>
  capnp.CompositeList(pointClass(`Point${id}`)),
);

const pointsBytes = encode(Points, {
  points: Array.from({ length: POINT_COUNT }, (_, x) => ({ x, y: -x })),
});
const points = new capnp.Message(pointsBytes, false).getRoot(PointsStruct);

const zooBytes = encode(Zoo, { uint32: 7, text: "Emma", point: { x: 1, y: 2 } });
const zoo = new capnp.Message(zooBytes, false).getRoot(PointsStruct);
const [UINT32, TEXT, POINT] = offsets();

/** Where the schema has put the fields; found in the bytes, since no class of theirs knows them. */
function offsets(): readonly [number, number, number] {
  const view = new DataView(zooBytes.buffer, zooBytes.byteOffset, zooBytes.byteLength);
  const words = view.getUint16(12, true);
  let uint32 = 0;
  while (view.getUint32(16 + uint32, true) !== 7) uint32 += 4;
  const pointers = Array.from({ length: view.getUint16(14, true) }, (_, index) =>
    view.getUint32(16 + 8 * words + 8 * index, true),
  );
  const isList = (pointer: number) => (pointer & 3) === 1;
  const text = pointers.findIndex(isList);
  const point = pointers.findIndex((pointer) => pointer !== 0 && !isList(pointer));
  return [uint32, text, point];
}

function sumOf(list: capnp.List<{ readonly x: number; readonly y: number }>): number {
  let sum = 0;
  for (let index = 0; index < list.getLength(); index += 1) {
    const { x, y } = list.get(index);
    sum += x + y;
  }
  return sum;
}

/** As capnp-ts's generator writes them, where `Record` of record.capnp has its fields. */
function recordClass(id: number) {
  const Place = pointClass(`Place${id}`);
  return class extends capnp.Struct {
    static override readonly _capnp = {
      displayName: `Record${id}`,
      id: "9a7f3c21d4e5b603",
      size: new capnp.ObjectSize(32, 4),
    };
    get id(): bigint {
      return capnp.Struct.getUint64(0, this);
    }
    set id(value: bigint) {
      capnp.Struct.setUint64(0, value, this);
    }
    get count(): number {
      return capnp.Struct.getUint32(8, this);
    }
    set count(value: number) {
      capnp.Struct.setUint32(8, value, this);
    }
    get ratio(): number {
      return capnp.Struct.getFloat64(16, this);
    }
    set ratio(value: number) {
      capnp.Struct.setFloat64(16, value, this);
    }
    get open(): boolean {
      return capnp.Struct.getBit(96, this);
    }
    set open(value: boolean) {
      capnp.Struct.setBit(96, value, this);
    }
    get kind(): number {
      return capnp.Struct.getUint16(14, this);
    }
    set kind(value: number) {
      capnp.Struct.setUint16(14, value, this);
    }
    get isbn(): string {
      return capnp.Struct.getText(0, this);
    }
    set isbn(value: string) {
      capnp.Struct.setText(0, value, this);
    }
    get title(): string {
      return capnp.Struct.getText(1, this);
    }
    set title(value: string) {
      capnp.Struct.setText(1, value, this);
    }
    get key(): Uint8Array {
      return capnp.Struct.getData(2, this).toUint8Array();
    }
    set key(value: Uint8Array) {
      capnp.Struct.initData(2, value.length, this).copyBuffer(value);
    }
    get place() {
      return capnp.Struct.getStruct(3, Place, this);
    }
    initPlace() {
      return capnp.Struct.initStructAt(3, Place, this);
    }
    get parent(): number {
      return capnp.Struct.getUint32(24, this);
    }
    set parent(value: number) {
      capnp.Struct.setUint32(24, value, this);
    }
  };
}

const OneRecord = recordClass(0);
const records = Array.from({ length: CLASSES }, (_, id) => recordClass(id));
const record = encode(Record, RECORD);

function writeRecord(Class: typeof OneRecord): Uint8Array {
  const message = new capnp.Message();
  const to = message.initRoot(Class);
  to.id = RECORD.id;
  to.count = RECORD.count;
  to.ratio = RECORD.ratio;
  to.open = RECORD.open;
  to.kind = RECORD.kind;
  to.isbn = RECORD.isbn;
  to.title = RECORD.title;
  to.key = RECORD.key;
  const place = to.initPlace();
  [place.x, place.y] = [RECORD.place.x, RECORD.place.y];
  to.parent = RECORD.parent;
  return new Uint8Array(message.toArrayBuffer());
}

const readRecord = (Class: typeof OneRecord) =>
  look(new capnp.Message(record, false).getRoot(Class));

if (look(decode(Record, writeRecord(OneRecord))) !== readRecord(OneRecord)) {
  throw new Error("the records are not the same");
}

runProbes([
  { name: "call,write", times: 5000, alsoCold: true, body: () => call(ISBN) },
  { name: "call,read", times: 5000, alsoCold: true, body: receive },
  {
    name: "struct,write",
    times: 5000,
    alsoCold: true,
    body: () => {
      const message = new capnp.Message();
      const point = message.initRoot(Point);
      [point.x, point.y] = [1, 2];
      return message.toArrayBuffer();
    },
  },
  {
    name: "record,read",
    times: 5000,
    alsoCold: true,
    body: () => readRecord(OneRecord),
  },
  {
    name: "record,write",
    times: 5000,
    alsoCold: true,
    body: () => writeRecord(OneRecord),
  },
  {
    name: "field=UInt32",
    times: 500_000,
    alsoCold: true,
    body: () => capnp.Struct.getUint32(UINT32, zoo),
  },
  {
    name: "field=Text",
    times: 100_000,
    alsoCold: true,
    body: () => capnp.Struct.getText(TEXT, zoo),
  },
  {
    name: "field=struct",
    times: 100_000,
    alsoCold: true,
    body: () => capnp.Struct.getStruct(POINT, Point, zoo).x,
  },
  {
    name: "list=1000,read",
    times: 50,
    each: POINT_COUNT,
    body: () => {
      const read = new capnp.Message(pointsBytes, false).getRoot(PointsStruct);
      return sumOf(capnp.Struct.getList(0, PointList, read));
    },
  },
  {
    name: "list=1000,write",
    times: 20,
    each: POINT_COUNT,
    body: () => {
      const message = new capnp.Message();
      const root = message.initRoot(PointsStruct);
      const list = capnp.Struct.initList(0, PointList, POINT_COUNT, root);
      for (let x = 0; x < POINT_COUNT; x += 1) {
        const point = list.get(x);
        [point.x, point.y] = [x, -x];
      }
      return message.toArrayBuffer();
    },
  },
  {
    name: "list=1000,classes=24,read",
    times: 3,
    each: POINT_COUNT * CLASSES,
    body: () => {
      let sum = 0;
      for (const list of lists) sum += sumOf(capnp.Struct.getList(0, list, points));
      return sum;
    },
  },
  {
    name: "record,classes=24,read",
    times: 100,
    each: CLASSES,
    body: () => {
      let sum = 0;
      for (const Class of records) sum += readRecord(Class);
      return sum;
    },
  },
  {
    name: "record,classes=24,write",
    times: 100,
    each: CLASSES,
    body: () => {
      let bytes = 0;
      for (const Class of records) bytes += writeRecord(Class).length;
      return bytes;
    },
  },
]);
