import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SRC = join(ROOT, "src");

/** A file imports only from lower floors; never from a sibling folder on its own floor. */
const FLOORS: Readonly<Record<string, number>> = {
  base: 0,
  shs: 1,
  rpc: 1,
  net: 2,
  capnp: 2,
  auth: 2,
  stores: 2,
  objects: 3,
  vat: 4,
  "capnp.ts": 4,
  observe: 5,
  codegen: 5,
  tunnel: 5,
  cli: 6,
  "index.ts": 6,
  examples: 7,
};

/** Where cryptography comes from: exempt from the determinism of its floor. */
const CRYPTO = ["shs/primitives.ts", "shs/native-sodium.ts", "shs/wasm-sodium.ts"];

const MAX_LINES = 400;
/** Files that are one concept and longer; each with its reason. */
const LONG_FILES: Readonly<Record<string, string>> = {};

interface Source {
  readonly path: string;
  readonly room: string;
  /** Comments blanked out, so that prose about a Promise is not one. */
  readonly code: string;
  readonly imports: readonly string[];
}

const sources: readonly Source[] = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => {
    const text = readFileSync(join(SRC, path), "utf8");
    const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|[^:])\/\/.*$/gm, "$1");
    const imports = [
      ...code.matchAll(/^(?:import|export)\b[^;"]*?from\s+"([^"]+)"/gm),
      ...code.matchAll(/^import\s+"([^"]+)"/gm),
      ...code.matchAll(/\bimport\("([^"]+)"\)/g),
    ].map((match) => match[1]!);
    return { path, room: path.split("/")[0]!, code, imports };
  });

const generated = ({ path }: Source) => path.endsWith(".capnp.ts");
const inRooms = (...rooms: string[]) => sources.filter(({ room }) => rooms.includes(room));
const offenders = (bad: readonly Source[]) => bad.map(({ path }) => path);

/** What a file imports before anything of it runs; not types. */
function atLoad({ code }: Source): readonly string[] {
  return [
    ...code.matchAll(/^(?:import|export)\s+(?!type\b)[^;"]*?from\s+"([^"]+)"/gm),
    ...code.matchAll(/^import\s+"([^"]+)"/gm),
  ].map((match) => match[1]!);
}

function roomOf(file: string): string {
  return relative(SRC, file).split("/")[0]!;
}

describe("the house", () => {
  it("is not empty", () => {
    expect(sources.length).toBeGreaterThan(10);
  });

  it("knows the floor of every room", () => {
    expect(
      [...new Set(sources.map(({ room }) => room))].filter((room) => !(room in FLOORS)),
    ).toEqual([]);
  });

  it("imports only from lower floors, through the room's door", () => {
    const bad = sources.flatMap((source) =>
      source.imports
        .filter((target) => target.startsWith("."))
        .map((target) => resolve(SRC, dirname(source.path), target))
        .filter((file) => {
          const room = roomOf(file);
          if (room === source.room) return false;
          const throughTheDoor = relative(SRC, file) === join(room, "index.ts");
          return !throughTheDoor || FLOORS[room]! >= FLOORS[source.room]!;
        })
        .map((file) => `${source.path} -> ${relative(SRC, file)}`),
    );
    expect(bad).toEqual([]);
  });

  it("loads no packages with the library: they come with their first use", () => {
    const byPath = new Map(sources.map((source) => [source.path, source]));
    const loaded = new Set<string>();
    const packages = new Set<string>();
    const load = (path: string): void => {
      if (loaded.has(path)) return;
      loaded.add(path);
      for (const target of atLoad(byPath.get(path)!)) {
        if (target.startsWith(".")) load(relative(SRC, resolve(SRC, dirname(path), target)));
        else if (!/^(node:|handfast\/)/.test(target)) packages.add(target);
      }
    };
    load("index.ts");
    load("auth/index.ts");
    expect(loaded).toContain("vat/open-vat.ts");
    expect([...packages]).toEqual([]);
  });

  it("has no cycles", () => {
    const edges = new Map(
      sources.map(({ path, imports }) => [
        path,
        imports
          .filter((target) => target.startsWith("."))
          .map((target) => relative(SRC, resolve(SRC, dirname(path), target)))
          // Generated code calls its own types by way of itself where something hides their names.
          .filter((target) => target !== path),
      ]),
    );
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path))
        cycles.push([...trail.slice(trail.indexOf(path)), path].join(" -> "));
      else if (!done.has(path)) {
        for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
        done.add(path);
      }
    };
    for (const path of edges.keys()) visit(path, []);
    expect(cycles).toEqual([]);
  });

  it("keeps sockets, DNS and timers in net", () => {
    const outside = sources.filter(({ room }) => !["net", "examples"].includes(room));
    const bad = outside.filter(
      ({ code, imports }) =>
        imports.some((name) => /^node:(net|tls|dns|dgram|timers)/.test(name)) ||
        /\b(setTimeout|setInterval|setImmediate)\(/.test(code),
    );
    expect(offenders(bad)).toEqual([]);
  });

  it("keeps libsodium and node:crypto ciphers in shs/primitives.ts and the two sodiums below it", () => {
    const bad = sources.filter(
      ({ path, imports, code }) =>
        !CRYPTO.includes(path) &&
        (imports.some((name) => /^(libsodium|sodium-)/.test(name)) ||
          /"sodium-native"\)|\bcreate(Cipher|Decipher)iv\b|\bdiffieHellman\b/.test(code)),
    );
    expect(offenders(bad)).toEqual([]);
  });

  it("keeps capnp-ts in objects", () => {
    const bad = sources.filter(
      ({ room, imports }) => room !== "objects" && imports.some((name) => /^capnp-ts/.test(name)),
    );
    expect(offenders(bad)).toEqual([]);
  });

  it("lets generated code import only handfast/capnp and its like", () => {
    const bad = sources
      .filter(generated)
      .filter(({ imports }) =>
        imports.some((name) => name !== "handfast/capnp" && !/^\..*\.capnp\.ts$/.test(name)),
      );
    expect(offenders(bad)).toEqual([]);
  });

  it("keeps OpenTelemetry in observe/otel.ts", () => {
    const bad = sources.filter(
      ({ path, imports }) =>
        path !== "observe/otel.ts" && imports.some((name) => name.startsWith("@opentelemetry/")),
    );
    expect(offenders(bad)).toEqual([]);
  });

  it("keeps floors 0 and 1 synchronous and deterministic", () => {
    const impure =
      /\b(Promise|async|await|process|console|queueMicrotask|performance)\b|\bDate\.|new Date\(\)|Math\.random|node:(?!buffer)/;
    const bad = inRooms("base", "shs", "rpc").filter(
      ({ path, code }) => !CRYPTO.includes(path) && impure.test(code),
    );
    expect(offenders(bad)).toEqual([]);
  });

  it("has no `using` in the library, which Node 22 cannot load as it is written", () => {
    const library = sources.filter(({ room }) => FLOORS[room]! < FLOORS["cli"]!);
    expect(
      library.filter(({ code }) => /\busing \w+ =/.test(code)).map(({ path }) => path),
    ).toEqual([]);
  });

  it("has no top-level await", () => {
    const bad = sources.filter(
      ({ path, code }) =>
        /^await\b|^(const|let)\b[^;{]*= await\b/m.test(code) && !path.endsWith("main.ts"),
    );
    expect(offenders(bad)).toEqual([]);
  });

  it("lets examples know handfast only by name", () => {
    const bad = inRooms("examples").filter(({ imports }) =>
      imports.some((name) => name.includes("../../")),
    );
    expect(offenders(bad)).toEqual([]);
  });

  it("names one concept a file", () => {
    const vague = /(^|\/)(utils?|helpers?|types|constants|common|manager)\.ts$/;
    expect(sources.map(({ path }) => path).filter((path) => vague.test(path))).toEqual([]);
    const notKebab = sources.filter(
      ({ path }) => !/^([a-z0-9-]+\/)*[a-z0-9-]+(\.[a-z]+)*\.ts$/.test(path),
    );
    expect(offenders(notKebab)).toEqual([]);
  });

  it("exports by name only", () => {
    expect(offenders(sources.filter(({ code }) => /^export default\b/m.test(code)))).toEqual([]);
  });

  it(`keeps files under ${MAX_LINES} lines, the tests and the benches as well`, () => {
    const paths = ["src", "test", "bench", "scripts"].flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
        .filter((path) => path.endsWith(".ts") && !path.endsWith(".capnp.ts"))
        .filter((path) => !/(^|\/)(node_modules|build)\//.test(path))
        .map((path) => join(folder, path)),
    );
    expect(paths.length).toBeGreaterThan(sources.length);
    const bad = paths.filter(
      (path) =>
        !(path in LONG_FILES) &&
        readFileSync(join(ROOT, path), "utf8").split("\n").length > MAX_LINES,
    );
    expect(bad).toEqual([]);
  });
});
