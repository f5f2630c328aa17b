import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import {
  any,
  AnyPointer,
  type AnyPointerReader,
  AnyValue,
  decode,
  encode,
  type PointerType,
  type Readable,
  type StructType,
  Text,
} from "handfast/capnp";
import { beforeAll, describe, expect, it } from "vitest";
import { compileSchemas, generate, type GeneratedFile } from "../../src/codegen/index.ts";
import { withCapnpTool } from "../support/capnp-tool.ts";
import { SchemaArbitrary } from "./schema-arbitrary.ts";

const RECURSIVE = { recursive: true, encoding: "utf8" } as const;

/** Where `libcapnp-dev` puts its schemas. */
const INCLUDE = "/usr/include";
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the package, so that what is generated finds `handfast/capnp` by name. */
const OUTPUT = join(ROOT, "node_modules/.cache/handfast/debian");

const schemas = (withCapnpTool ? readdirSync(join(INCLUDE, "capnp"), RECURSIVE) : [])
  .filter((path) => path.endsWith(".capnp"))
  .map((path) => join(INCLUDE, "capnp", path));

let files: readonly GeneratedFile[] = [];

beforeAll(() => {
  if (!withCapnpTool) return;
  files = generate(compileSchemas(schemas, { srcPrefix: INCLUDE }));
  rmSync(OUTPUT, { recursive: true, force: true });
  for (const { path, text } of files) {
    const file = join(OUTPUT, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
});

describe.runIf(withCapnpTool)("the schemas of the reference implementation", () => {
  it("all compile", () => {
    expect(schemas.length).toBeGreaterThan(6);
    expect(files.map(({ path }) => path).sort()).toEqual(
      schemas.map((schema) => `${relative(INCLUDE, schema)}.ts`).sort(),
    );
  });

  it("pass the type checker with all of our flags", () => {
    const config = join(OUTPUT, "tsconfig.json");
    const options = {
      extends: join(ROOT, "tsconfig.json"),
      include: ["**/*.ts"],
    };
    writeFileSync(config, JSON.stringify(options));
    const tsc = join(ROOT, "node_modules/typescript-7/bin/tsc");
    expect(execFileSync(process.execPath, [tsc, "-p", config], { encoding: "utf8" })).toBe("");
  }, 120_000);

  it("round-trip", async () => {
    const { Message } = await load<{ Message: AnyType }>("capnp/rpc.capnp.ts");
    const call = {
      call: {
        questionId: 7,
        target: { promisedAnswer: { questionId: 3, transform: [{ getPointerField: 1 }] } },
        interfaceId: 2n ** 63n,
        methodId: 2,
        params: { content: any(Text, "content"), capTable: [{ senderHosted: 1 }, { none: null }] },
      },
    };
    const read = decode(Message, encode(Message, call));
    expect(JSON.parse(JSON.stringify(read))).toMatchObject({
      call: {
        questionId: 7,
        target: { promisedAnswer: { transform: [{ getPointerField: 1 }] } },
        interfaceId: String(2n ** 63n),
        params: { capTable: [{ senderHosted: 1 }, { none: null }] },
      },
    });
    const { Node } = await load<{ Node: AnyType }>("capnp/schema.capnp.ts");
    const node = { id: 5n, enum: { enumerants: [{ name: "first", codeOrder: 1 }] } };
    expect(JSON.parse(JSON.stringify(decode(Node, encode(Node, node))))).toMatchObject({
      enum: { enumerants: [{ name: "first", codeOrder: 1 }] },
    });
  });

  it("can be compiled again from what our own bindings make of the request", async () => {
    const module = await load<{ CodeGeneratorRequest: AnyType }>("capnp/schema.capnp.ts");
    const request = compileSchemas(schemas, { srcPrefix: INCLUDE });
    const copy = encode(module.CodeGeneratorRequest, decode(module.CodeGeneratorRequest, request));
    expect(generate(copy)).toEqual(files);
  });

  it("have structs that read as they were written, all of them, whatever their fields hold", async () => {
    let count = 0;
    for (const { path } of files) {
      const module = await load<Readonly<Record<string, unknown>>>(path);
      for (const type of structsIn(Object.values(module))) {
        for (let variant = 0; variant < 8; variant++) {
          const read = decode(type, filled(type, variant)).toObject();
          const once = decode(type, encode(type, read)).toObject();
          // A union whose tag nobody knows reads as nothing, and is written as its first member.
          expect(once).toMatchObject(read as object);
          expect(decode(type, encode(type, once)).toObject()).toEqual(once);
        }
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(50);
  });

  it("have structs that read as the random values they were filled from", async () => {
    const arbitrary = new SchemaArbitrary(compileSchemas(schemas, { srcPrefix: INCLUDE }));
    let count = 0;
    for (const { path } of files) {
      const module = await load<Readonly<Record<string, unknown>>>(path);
      for (const type of structsIn(Object.values(module))) {
        const values = arbitrary.struct(type.id);
        fc.assert(
          fc.property(values, (value) => {
            const read = decode(type, encode(type, value)).toObject();
            expect(comparable(read)).toMatchObject(comparable(value) as object);
            const copy = decode(type, encode(type, decode(type, encode(type, read)))).toObject();
            expect(comparable(copy)).toEqual(comparable(read));
          }),
          { numRuns: 20 },
        );
        count += 1;
      }
    }
    expect(count).toBeGreaterThan(50);
  }, 60_000);

  it("keep their generics", async () => {
    interface Persistent {
      readonly Persistent: {
        readonly SaveResults: { of(ref: PointerType, owner: PointerType): AnyType };
      };
    }
    const { Persistent } = await load<Persistent>("capnp/persistent.capnp.ts");
    const Saved = Persistent.SaveResults.of(Text, AnyPointer);
    expect(decode(Saved, encode(Saved, { sturdyRef: "swiss" }))).toMatchObject({
      sturdyRef: "swiss",
    });
  });
});

/** A struct whose data section holds numbers large and small, and whose pointers are null. */
function filled({ dataWords, pointerCount }: AnyStruct, variant: number): Uint8Array {
  const words = 1 + dataWords + pointerCount;
  const message = new Uint16Array(4 + 4 * words);
  message.set([0, 0, words, 0, 0, 0, dataWords, pointerCount]);
  for (let at = 8; at < 8 + 4 * dataWords; at++) {
    message[at] = variant === 0 ? 0xffff : (at * 31 * variant) % (variant < 5 ? 7 : 0xfffd);
  }
  return new Uint8Array(message.buffer);
}

/** The text in an AnyPointer, or in what is to become one, is all that there is to compare. */
function comparable(value: unknown): unknown {
  if (value instanceof AnyValue) return decode(AnyPointer, encode(AnyPointer, value)).as(Text);
  if (value instanceof Uint8Array || typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(comparable);
  if (isAnyPointer(value)) return value.kind === "null" ? "" : value.as(Text);
  return Object.fromEntries(Object.entries(value).map(([name, it]) => [name, comparable(it)]));
}

const isAnyPointer = (value: object): value is AnyPointerReader => "kind" in value && "as" in value;

function structsIn(values: readonly unknown[]): readonly AnyStruct[] {
  return values.flatMap((value) => {
    if (typeof value !== "object" || value === null) return [];
    const nested = Object.entries(value).filter(([name]) => /^[A-Z]/.test(name));
    const structs = structsIn(nested.map(([, inner]: [string, unknown]) => inner));
    return "dataWords" in value ? [value as AnyStruct, ...structs] : structs;
  });
}

type AnyType = PointerType<Readable>;
type AnyStruct = StructType<Readable>;

async function load<Module>(path: string): Promise<Module> {
  return (await import(join(OUTPUT, path))) as Module; // generated a moment ago
}
