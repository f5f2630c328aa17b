import { spawnSync } from "node:child_process";
import { decodeMessage, encodeMessage, FrameReader, FrameWriter } from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { concatBytes } from "../../src/base/index.ts";
import type { Exception, Message } from "../../src/rpc/index.ts";
import { withCapnpTool } from "../support/capnp-tool.ts";
import { oracleDecodes } from "./oracle.ts";

function abortOf(details: Exception["details"]): Message {
  return { is: "abort", exception: { kind: "disconnected", reason: "why", details } };
}

function bytesOf(message: Message): Uint8Array {
  const writer = new FrameWriter();
  writer.add(encodeMessage(message));
  return concatBytes(...writer.take());
}

function detailsIn(bytes: Uint8Array): unknown {
  const reader = new FrameReader();
  reader.push(bytes);
  const message = decodeMessage(reader.next()!);
  return message.is === "abort" ? message.exception.details : undefined;
}

function capnp(command: "encode" | "decode", input: string | Uint8Array): Buffer {
  const schema = new URL("exception-details.capnp", import.meta.url).pathname;
  const { stdout, stderr } = spawnSync("capnp", [command, schema, "Message"], { input });
  expect(stderr.toString()).toBe("");
  return stdout;
}

const ONE = { id: 0x0123456789abcdefn, data: new Uint8Array([1, 2, 3]) };
const OTHER = { id: 7n, data: new Uint8Array(0) };

describe("an exception's details", () => {
  it("lie where the schema says", () => {
    const bytes = Buffer.from(bytesOf(abortOf([ONE])));
    const words = Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readBigUInt64LE(i * 8));
    expect(words).toEqual([
      0x0000000c_00000000n, // one segment of 12 words
      0x00010001_00000000n, // the root: Message
      0x1n, // abort
      0x00030001_00000000n, // Exception: a word of data, three pointers
      0x00000002_00000000n, // type disconnected
      0x00000022_00000009n, // reason: 4 bytes
      0x0n, // no trace
      0x00000017_00000005n, // details: structs of 2 words in all
      0x00796877n, // "why"
      0x00010001_00000004n, // one Detail: a word of data, a pointer
      ONE.id,
      0x0000001a_00000001n, // data: 3 bytes
      0x030201n,
    ]);
    expect(detailsIn(bytes)).toEqual([ONE]);
  });

  it.skipIf(!withCapnpTool)("read as the Cap'n Proto tool wrote them", () => {
    const text = `(abort = (reason = "why", type = disconnected, details = [
      (detailId = 0x0123456789abcdef, data = 0x"010203"), (detailId = 7)]))`;
    expect(detailsIn(capnp("encode", text))).toEqual([ONE, OTHER]);
  });

  it.skipIf(!withCapnpTool)("are written as the Cap'n Proto tool reads them", () => {
    const text = capnp("decode", bytesOf(abortOf([ONE, OTHER]))).toString();
    expect(text).toContain("detailId = 81985529216486895");
    expect(text).toContain('data = "\\001\\002\\003"');
    expect(text).toContain("detailId = 7");
    expect(text).toContain("type = disconnected");
  });

  it("are nothing to a peer whose schema has none", () => {
    expect(oracleDecodes(bytesOf(abortOf([ONE])))).toEqual({
      is: "abort",
      exception: { kind: "disconnected", reason: "why" },
    });
  });

  it("are bounded in number and in size", () => {
    const many = Array.from({ length: 17 }, (_, id) => ({ id: BigInt(id), data: ONE.data }));
    expect(detailsIn(bytesOf(abortOf(many)))).toEqual(many.slice(0, 16));
    const large = { id: 1n, data: new Uint8Array(64 * 1024 + 1) };
    expect(detailsIn(bytesOf(abortOf([large, ONE])))).toEqual([ONE]);
    expect(detailsIn(bytesOf(abortOf([large])))).toBeUndefined();
  });

  it.skipIf(!withCapnpTool)("beyond the bounds are not taken from a peer either", () => {
    const entry = '(detailId = 1, data = "x")';
    const large = `(detailId = 2, data = "${"x".repeat(64 * 1024 + 1)}")`;
    const text = `(abort = (details = [${[large, ...Array<string>(40).fill(entry)].join()}]))`;
    expect(detailsIn(capnp("encode", text))).toHaveLength(15);
  });

  it("of an error that is kept do not keep the message", () => {
    const bytes = bytesOf(abortOf([ONE]));
    const [kept] = detailsIn(bytes) as [typeof ONE];
    expect(kept.data.buffer).not.toBe(bytes.buffer);
    expect(kept.data.buffer.byteLength).toBe(3);
  });
});
