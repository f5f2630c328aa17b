import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { decode, decodePacked, encode, encodePacked, FrameReader } from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { readFrame } from "../../src/capnp/framing.ts";
import { viewOf } from "../../src/capnp/segment.ts";
import { anyZoo, scattered } from "./zoo-arbitrary.ts";
import { Point, Zoo } from "./zoo.capnp.ts";

const SCHEMA = fileURLToPath(new URL("zoo.capnp", import.meta.url));
const hasCapnp = spawnSync("capnp", ["--version"]).status === 0;

/** Runs Debian's `capnp` tool on a stream of messages. */
function capnp(args: readonly string[], input: Uint8Array): Buffer {
  const { status, stdout, stderr } = spawnSync("capnp", [...args, SCHEMA, "Zoo"], {
    input,
    maxBuffer: 2 ** 30,
  });
  expect(stderr.toString()).toBe("");
  expect(status).toBe(0);
  return stdout;
}

/** `capnp encode` 0.9.2 takes a bracket in a string for one of the text's own, and so on. */
function withoutPunctuation(text: Buffer): Buffer {
  const strings = /"(?:[^"\\]|\\.)*"/g;
  const octal = (token: string) =>
    token.length > 1 ? token : `\\${token.charCodeAt(0).toString(8).padStart(3, "0")}`;
  const plainer = (string: string) => string.slice(1, -1).replace(/\\.|[!-/:-@[-`{-~]/g, octal);
  return Buffer.from(text.toString().replace(strings, (string) => `"${plainer(string)}"`));
}

function segmentsOf(bytes: Uint8Array): number {
  return readFrame(viewOf(bytes), Buffer.from(bytes), 0).segments.length;
}

describe("a value that is encoded and decoded", () => {
  it("is the same value", () => {
    fc.assert(
      fc.property(anyZoo, (zoo) => {
        const read = decode(Zoo, encode(Zoo, zoo));
        for (const [name, value] of Object.entries(zoo)) {
          if (value === undefined || ["zoo", "zoos", "point", "place"].includes(name)) continue;
          expect(plain(Reflect.get(read, name)), name).toEqual(filled(name, value));
        }
      }),
    );
  });

  it("is the same value in many segments, packed, and copied from its reader", () => {
    fc.assert(
      fc.property(anyZoo, (zoo) => {
        const bytes = encode(Zoo, zoo);
        const pieces = encode(Zoo, scattered(zoo));
        const expected = decode(Zoo, bytes).toObject();
        expect(decode(Zoo, pieces).toObject()).toEqual(expected);
        expect(decode(Zoo, encode(Zoo, decode(Zoo, pieces))).toObject()).toEqual(expected);
        expect(decodePacked(Zoo, encodePacked(Zoo, zoo)).toObject()).toEqual(expected);
        expect(decode(Zoo, encode(Zoo, expected)).toObject()).toEqual(expected);
      }),
    );
  });

  it("spreads over segments when something else is built meanwhile", () => {
    const zoo = { text: "one", data: new Uint8Array(3), texts: ["two", "three"], point: { x: 1 } };
    expect(segmentsOf(encode(Zoo, zoo))).toBe(1);
    // Of two in a row at most one is built where a slab ends, out of the others' way.
    const pieces = [1, 2].map(() => segmentsOf(encode(Zoo, scattered(zoo))));
    expect(Math.max(...pieces)).toBeGreaterThan(4);
  });
});

describe.runIf(hasCapnp)("the capnp tool", () => {
  const zoos = fc.sample(anyZoo, { numRuns: 300, seed: 7 });
  const ours = zoos.map((zoo) => decode(Zoo, encode(Zoo, zoo)).toObject());

  const readAll = (bytes: Uint8Array): unknown[] => {
    const reader = new FrameReader();
    reader.push(bytes);
    const read: unknown[] = [];
    for (let at = 0; reader.next() !== undefined;) {
      const end = bytes.length - reader.pendingBytes;
      read.push(decode(Zoo, bytes.subarray(at, end)).toObject());
      at = end;
    }
    return read;
  };

  it.each([
    ["in one segment", (zoo: Zoo.Init) => encode(Zoo, zoo), []],
    ["in many segments", (zoo: Zoo.Init) => encode(Zoo, scattered(zoo)), []],
    ["packed", (zoo: Zoo.Init) => encodePacked(Zoo, zoo), ["--packed"]],
  ] as const)("reads what we write %s, and we read what it writes", (_, write, flags) => {
    const text = capnp(["decode", "--short", ...flags], Buffer.concat(zoos.map(write)));
    expect(text.toString().split("\n").length - 1).toBe(zoos.length);
    expect(readAll(capnp(["encode"], withoutPunctuation(text)))).toEqual(ours);
  });

  it("reads large Data from a segment of its own", () => {
    const large = encode(Zoo, { data: new Uint8Array(20_001).fill(65), text: "behind" });
    expect(segmentsOf(large)).toBeGreaterThan(1);
    const text = capnp(["decode", "--short"], large).toString();
    expect(text).toContain(`data = "${"A".repeat(20_001)}"`);
    expect(text).toContain('text = "behind"');
  });

  it("packs as we unpack, and unpacks as we pack", () => {
    for (const zoo of zoos.slice(0, 20)) {
      const bytes = encode(Zoo, zoo);
      const packed = capnp(["convert", "binary:packed"], bytes);
      expect(decodePacked(Zoo, packed).toObject()).toEqual(decode(Zoo, bytes).toObject());
      const unpacked = capnp(["convert", "packed:binary"], encodePacked(Zoo, zoo));
      expect(decode(Zoo, unpacked).toObject()).toEqual(decode(Zoo, bytes).toObject());
    }
  });
});

describe("bytes that are not one message", () => {
  const bytes = encode(Point, { x: 1, y: 2 });

  it.each([0, 3, 8, 16, bytes.length - 1])("are truncated at %i bytes", (length) => {
    expect(() => decode(Point, bytes.subarray(0, length))).toThrow(
      expect.objectContaining({ code: "MESSAGE_TRUNCATED", blame: "peer" }),
    );
  });

  it("may have something behind the message", () => {
    expect(() => decode(Point, Buffer.concat([bytes, bytes]))).toThrow(
      expect.objectContaining({ code: "TRAILING_BYTES" }),
    );
  });

  it("may be an empty message", () => {
    expect(() => decode(Point, new Uint8Array(8))).toThrow(
      expect.objectContaining({ code: "NO_ROOT" }),
    );
  });

  it("may be more than is wanted, or announce it", () => {
    const large = encode(Zoo, { data: new Uint8Array(1000) });
    expect(() => decode(Zoo, large, { maxBytes: 1000 })).toThrow(
      expect.objectContaining({ code: "MESSAGE_TOO_LARGE" }),
    );
    expect(() => encode(Zoo, { data: new Uint8Array(1000) }, { maxBytes: 1000 })).toThrow(
      expect.objectContaining({ code: "MESSAGE_TOO_LARGE", blame: "caller" }),
    );
  });

  it("may be packed wrongly, or to more than is wanted", () => {
    const packed = encodePacked(Point, { x: 1, y: 2 });
    for (let length = 1; length < packed.length; length++) {
      expect(() => decodePacked(Point, packed.subarray(0, length))).toThrow(
        expect.objectContaining({ name: "CapnpError" }),
      );
    }
    const bomb = new Uint8Array(100_000).map((_, i) => (i % 2 === 0 ? 0 : 0xff));
    expect(() => decodePacked(Point, bomb)).toThrow(
      expect.objectContaining({ code: "MESSAGE_TOO_LARGE" }),
    );
  });
});

/** A value as it is read, made comparable with what was written. */
function plain(value: unknown): unknown {
  return typeof value === "object" && value !== null && "toObject" in value
    ? (value as { toObject(): unknown }).toObject()
    : value;
}

/** What was written, with the fields that it left out. */
function filled(name: string, value: unknown): unknown {
  if (name === "pointDefault") return { x: 0, y: 0, ...(value as object) };
  if (name !== "points") return value;
  return (value as object[]).map((point) => ({ x: 0, y: 0, ...point }));
}
