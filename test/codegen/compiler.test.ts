import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { generate } from "../../src/codegen/index.ts";
import { Left, LeftService, rightmost, rights } from "./golden/cycle-left.capnp.ts";
import { leftmost, Right } from "./golden/cycle-right.capnp.ts";
import { plainNode } from "../support/plain-node.ts";
import { overTcp } from "./over-tcp.ts";
import { through } from "./through.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const golden = (name: string) => readFileSync(here(`golden/${name}.capnp.ts`), "utf8");
const paths = readdirSync(here("golden"), { recursive: true, encoding: "utf8" }).filter((path) =>
  path.endsWith(".ts"),
);
const all = paths.map((path) => readFileSync(here(`golden/${path}`), "utf8"));

describe("generated files", () => {
  it("import handfast/capnp and one another, by relative paths", () => {
    const imports = all.flatMap((text) => [...text.matchAll(/^import .* from "(.*)";$/gm)]);
    const others = imports.map((match) => match[1]!).filter((path) => path !== "handfast/capnp");
    expect(others.length).toBeGreaterThan(3);
    expect(others.filter((path) => !/^\.\.?\/.*\.capnp\.ts$/.test(path))).toEqual([]);
  });

  it("import only for their types what they use only for its types", () => {
    expect(golden("shadowing")).toContain('import type * as $self from "./shadowing.capnp.ts";');
    expect(golden("imports")).toContain('import * as recursion$ from "./recursion.capnp.ts";');
  });

  it("hold nothing that type stripping cannot erase, and no `using`", () => {
    const emitting = /^\s*(export )?(enum|module|namespace|using|import \w+ =)\b/m;
    // A namespace is erased with all that is in it, when it is declared.
    const code = all.map((text) => text.replace(/^export declare namespace [\s\S]*?^}/gm, ""));
    expect(code.filter((text) => emitting.test(text))).toEqual([]);
  });

  it.runIf(plainNode !== undefined)("load with plain Node, each of them as the first", async () => {
    const files = paths.map((path) => here(`golden/${path}`));
    const load = (these: readonly string[]) =>
      promisify(execFile)(plainNode ?? "", [
        "--conditions=@handfast/source",
        here("load-all.ts"),
        ...these,
      ]);
    const circle = files.filter((path) => path.includes("cycle-"));
    const runs = [files, circle, circle.toReversed()].map(load);
    const silent = { stdout: "", stderr: "" };
    expect(await Promise.all(runs)).toEqual([silent, silent, silent]);
  });

  it("do not depend on the folder that the compiler was started in", () => {
    expect(all.filter((text) => /"[^"\n]*\/[^"\n]*\.capnp:/.test(text))).toEqual([]);
  });

  it("may import one another in a circle", async () => {
    const left = through(Left, { name: "l", right: { left: { name: "lr" } }, rights: [{}, {}] });
    expect([left.right.left.name, left.rights.length]).toEqual(["lr", 2]);
    const server: LeftService.Server = LeftService.serve({
      swap: ({ left: { name } }) => ({ right: { left: { name }, service: server } }),
      base: () => ({ service: server }),
    });
    const service = await overTcp(LeftService, server);
    const { right } = await service.base().service.swap({ left: { name: "swapped" } });
    expect(right.left.name).toBe("swapped");
    expect(through(Right, {}).left.name).toBe("");
  });

  it("may have constants of each other's types, though they import one another", () => {
    expect([leftmost.name, rightmost.left.name]).toEqual(["left", "within"]);
    expect(rights.map(({ left }) => left.name)).toEqual(["first", ""]);
  });
});

describe("comments of the schema", () => {
  const text = golden("doc-comments");

  it.each([
    ["a struct", " * First line of a struct.", "export declare namespace Documented"],
    ["a field", "  /** Of a field. */", "    readonly field: string;"],
    ["a member of a union", "/** Of a union member. */", '| { readonly which: "one"'],
    ["a group's field", "/** Of a field in a group. */", "readonly inner: boolean;"],
    ["an enum", "/** Of an enum. */", "export type Fruit"],
    ["an interface", "/** Of an interface. */", "export declare namespace Service"],
    ["a method", " * It has two lines.", "call(params: Call.Init"],
    ["a constant", "/** Of a constant. */", "export const limit"],
  ])("stand before %s", (_, comment, declaration) => {
    const at = text.indexOf(comment);
    expect(at).toBeGreaterThan(-1);
    expect(text.indexOf(declaration, at)).toBeGreaterThan(at);
    expect(text.slice(at, text.indexOf(declaration, at)).split("\n").length).toBeLessThan(9);
  });

  it("cannot end the comment that they are in", () => {
    expect(text).toContain(" * It ends a comment: *\\/ and has `ticks` and ${templates}.");
  });
});

describe("a request", () => {
  const request = gunzipSync(readFileSync(here("golden.request.gz")));

  it("is compiled the same each time", () => {
    expect(generate(request)).toEqual(generate(request));
  });

  it.each([
    ["empty", new Uint8Array()],
    ["cut short", request.subarray(0, 4096)],
    ["of something else", Buffer.alloc(64, 0x55)],
  ])("that is %s is refused with a code", (_, bytes) => {
    expect(() => generate(bytes)).toThrow(expect.objectContaining({ code: "REQUEST_INVALID" }));
  });
});
