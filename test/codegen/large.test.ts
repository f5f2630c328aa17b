import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type EnumType, type Readable, type StructType } from "handfast/capnp";
import { describe, expect, it, onTestFinished } from "vitest";
import { compileSchemas, generate } from "../../src/codegen/index.ts";
import { withCapnpTool } from "../support/capnp-tool.ts";
import { through } from "./through.ts";

/** Inside the package, so that what is generated finds `handfast/capnp` by name. */
const CACHE = fileURLToPath(new URL("../../node_modules/.cache/handfast/", import.meta.url));

describe.runIf(withCapnpTool)("a schema of unreasonable size", () => {
  it("may have a struct of 1,000 fields", async () => {
    const fields = numbered(
      1000,
      (n) => `f${n} @${n} :${["UInt32", "Text", "Bool"][n % 3] ?? ""};`,
    );
    const { Wide } = await compiled<{ Wide: StructType<Readable> }>(`struct Wide { ${fields} }`);
    const values = Array.from({ length: 1000 }, (_, n) => [n, `text ${n}`, n % 2 === 0][n % 3]);
    const wide = Object.fromEntries(values.map((value, n) => [`f${n}`, value]));
    expect(through(Wide, wide).toObject()).toEqual(wide);
  });

  it("may have a union of 300 members, of which naming two compiles", async () => {
    const members = numbered(300, (n) => `m${n} @${n} :${n % 2 === 0 ? "UInt8" : "Text"};`);
    const { Many } = await compiled<{ Many: StructType<Readable> }>(
      `struct Many { union { ${members} } }`,
    );
    expect(through(Many, { m299: "last" }).toObject()).toEqual({ m299: "last" });
    expect(through(Many, { m1: "one", m298: 2 }).toObject()).toEqual({ m298: 2 });
  });

  it("may have an enum of 4,000 values", async () => {
    const values = numbered(4000, (n) => `v${n} @${n};`);
    const { Huge, Holder } = await compiled<{
      Huge: EnumType;
      Holder: StructType<Readable>;
    }>(`enum Huge { ${values} } struct Holder { huge @0 :Huge; }`);
    expect(Huge.enumerants.length).toBe(4000);
    expect(through(Holder, { huge: "v3999" }).toObject()).toEqual({ huge: "v3999" });
  });

  it("may have an interface of 500 methods", async () => {
    const methods = numbered(500, (n) => `m${n} @${n} (a :UInt8) -> (b :Text);`);
    const { Many } = await compiled<{ Many: { Server: { name: string } } }>(
      `interface Many { ${methods} }`,
    );
    expect(Many.Server.name).toBe("Many$Server");
  });
});

const numbered = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => line(n)).join("\n");

async function compiled<Module>(schema: string): Promise<Module> {
  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, "large-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, "large.capnp");
  writeFileSync(path, `@0xe1c2f6a8b90d3a47;\n${schema}\n`);
  const [file] = generate(compileSchemas([path], { srcPrefix: folder }));
  writeFileSync(`${path}.ts`, file?.text ?? "");
  return (await import(`${path}.ts`)) as Module; // generated a moment ago
}
