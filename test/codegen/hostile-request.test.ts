import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { encode } from "handfast/capnp";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { CodegenError, generate } from "../../src/codegen/index.ts";
import { CodeGeneratorRequest, type Node } from "../../src/codegen/schema.capnp.ts";

const golden = fileURLToPath(new URL("golden.request.gz", import.meta.url));

/** A request as no compiler makes it: a file `a.capnp` with these declarations. */
function generated(
  nodes: readonly Node.Init[],
  nested: readonly Node.NestedNode.Init[],
  path = "a.capnp",
) {
  const file: Node.Init = { id: 1n, displayName: path, nestedNodes: nested, file: null };
  const requestedFiles = [{ id: 1n, filename: path }];
  return generate(encode(CodeGeneratorRequest, { nodes: [file, ...nodes], requestedFiles }));
}

const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return error instanceof CodegenError ? error.code : error;
  }
  return "none";
};

const syntaxErrorsOf = (text: string): readonly string[] => {
  const { diagnostics = [] } = ts.transpileModule(text, { reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
};

describe("a request that no compiler makes", () => {
  const struct = (fields: readonly string[]) => ({
    id: 2n,
    displayName: "a.capnp:A",
    scopeId: 1n,
    struct: { fields: fields.map((name) => ({ name, slot: { type: { uint8: null } } })) },
  });

  it.each(["__proto__", "a() {} get b", "a\nb", "a${b}", 'a"b', "ä", "", "1a", "a-b", "a.b"])(
    "may not name a field or a type %j",
    (name) => {
      expect(codeOf(() => generated([struct([name])], [{ name: "A", id: 2n }]))).toBe(
        "REQUEST_INVALID",
      );
      expect(codeOf(() => generated([struct([])], [{ name, id: 2n }]))).toBe("REQUEST_INVALID");
    },
  );

  it("may not nest a declaration in itself", () => {
    const inner = { ...struct([]), nestedNodes: [{ name: "B", id: 2n }] };
    expect(codeOf(() => generated([inner], [{ name: "A", id: 2n }]))).toBe("REQUEST_INVALID");
  });

  it("may not have a group that holds itself", () => {
    const group: Node.Init = {
      id: 2n,
      displayName: "a.capnp:A",
      struct: { isGroup: true, fields: [{ name: "again", group: { typeId: 2n } }] },
    };
    expect(codeOf(() => generated([group], [{ name: "A", id: 2n }]))).toBe("REQUEST_INVALID");
  });

  it("may not have an interface that extends itself", () => {
    const extending = (id: bigint, parent: bigint): Node.Init => ({
      id,
      displayName: `a.capnp:I${id}`,
      interface: { superclasses: [{ id: parent }] },
    });
    const circle = [extending(2n, 3n), extending(3n, 2n)];
    const names = circle.map((_, n) => ({ name: `I${n}`, id: BigInt(n + 2) }));
    expect(codeOf(() => generated(circle, names))).toBe("REQUEST_INVALID");
  });

  it("may not refer to what it does not hold", () => {
    const lost = {
      ...struct([]),
      struct: { fields: [{ name: "lost", slot: { type: { struct: { typeId: 9n } } } }] },
    };
    expect(codeOf(() => generated([lost], [{ name: "A", id: 2n }]))).toBe("NODE_MISSING");
  });

  it("has to request a file", () => {
    const empty = encode(CodeGeneratorRequest, {});
    expect(codeOf(() => generate(empty))).toBe("REQUEST_INVALID");
  });

  it("takes no longer for a tower of diamonds than for a tower", () => {
    const tower = Array.from({ length: 120 }, (_, n): Node.Init => {
      const floor = n - (n % 3);
      const below = n % 3 === 2 ? [floor, floor + 1] : [floor - 1];
      return {
        id: BigInt(n + 2),
        displayName: `a.capnp:I${n}`,
        interface: {
          superclasses: below.filter((id) => id >= 0).map((id) => ({ id: BigInt(id + 2) })),
        },
      };
    });
    const names = tower.map((_, n) => ({ name: `I${n}`, id: BigInt(n + 2) }));
    const [file] = generated(tower, names);
    expect(syntaxErrorsOf(file?.text ?? "")).toEqual([]);
  });

  it("never writes code with the name of a file", () => {
    const path = 'x\n`${1}\u2028*/ ".capnp';
    const imported: Node.Init = {
      id: 3n,
      displayName: '2fa";\nevil();//.capnp',
      nestedNodes: [{ name: "B", id: 4n }],
      file: null,
    };
    const user = {
      ...struct([]),
      struct: { fields: [{ name: "b", slot: { type: { struct: { typeId: 4n } } } }] },
    };
    const other = { ...struct([]), id: 4n, scopeId: 3n };
    const [file] = generated([user, imported, other], [{ name: "A", id: 2n }], path);
    expect(file?.text).not.toMatch(/^evil/m);
    expect(syntaxErrorsOf(file?.text ?? "")).toEqual([]);
  });
});

describe("a damaged request", () => {
  const request = gunzipSync(readFileSync(golden));

  it("is refused, or makes what still is TypeScript", () => {
    const damage = fc.array(fc.tuple(fc.nat(request.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Uint8Array.from(request);
        for (const [at, value] of changes) bytes[at] = value;
        let files: readonly { readonly text: string }[] = [];
        try {
          files = generate(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(CodegenError);
        }
        for (const { text } of files.slice(0, 3)) expect(syntaxErrorsOf(text)).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  it("is refused wherever it is cut", () => {
    for (let length = 0; length < request.length; length += 977) {
      expect(codeOf(() => generate(request.subarray(0, length)))).toBe("REQUEST_INVALID");
    }
  });
});
