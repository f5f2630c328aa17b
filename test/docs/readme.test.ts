import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { Identity, Vat } from "handfast";
import { compileSchemas, generate } from "../../src/codegen/index.ts";
import { destinationOf } from "../../src/cli/doctor/road.ts";
import { handfast } from "../cli/screen.ts";
import { FIRST } from "../net/support/certificates.ts";
import { withCapnpTool } from "../support/capnp-tool.ts";
import { plainNode } from "../support/plain-node.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const README = readFileSync(join(ROOT, "README.md"), "utf8");

/** A code block in this language of one section; by default the first. */
function block(section: string, language: string, index = 0): string {
  const text = README.split(`\n## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
  const codes = [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))];
  const code = codes[index]?.[1];
  if (code === undefined) throw new Error(`README has no ${language} ${index} under "${section}"`);
  return code;
}

const tsx = join(ROOT, "node_modules/tsx/dist/loader.mjs");
const LOADERS = [
  { name: "tsx", node: process.execPath, options: ["--import", tsx] },
  ...(plainNode === undefined ? [] : [{ name: "plain Node", node: plainNode, options: [] }]),
];

const GREETER = "Write a schema, serve it, call it";

/** A folder that knows handfast, with these files in it; schemas among them are compiled. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "handfast-readme-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "handfast"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const schemas = Object.keys(files).filter((name) => name.endsWith(".capnp"));
  if (schemas.length === 0) return folder;
  for (const file of generate(compileSchemas(schemas, { cwd: folder }))) {
    writeFileSync(join(folder, file.path), file.text);
  }
  return folder;
}

/** Runs the program of one section, in a folder where its schema has been compiled. */
async function outputOf(
  section: string,
  { schema = section, node, options }: { schema?: string; node: string; options: string[] },
): Promise<string> {
  const text = block(schema, "capnp");
  const [, name = "it.capnp"] = /^# (\w+\.capnp)\n/.exec(text) ?? [];
  const folder = folderOf({ [name]: text, "main.ts": block(section, "ts") });
  const { stdout, stderr } = await promisify(execFile)(
    node,
    ["--conditions=@handfast/source", ...options, "main.ts"],
    { cwd: folder, env: { ...process.env, TMPDIR: folder } },
  );
  expect(stderr).toBe("");
  return stdout;
}

describe.runIf(withCapnpTool).each(LOADERS)("with $name", (loader) => {
  it("the README's schema and program do what they say", async () => {
    expect(await outputOf(GREETER, loader)).toBe("Good day, Ada.\n");
  });
});

describe.runIf(withCapnpTool)("the README's program", () => {
  const [loader] = LOADERS;

  it("lets a card in, and out again", async () => {
    const stdout = await outputOf("Let in whom you do not know", loader!);
    expect(stdout).toBe("ada\nREVOKED\nPERMISSION_DENIED invalid\n");
  });

  it("stays connected", async () => {
    const stdout = await outputOf("Stay connected", { ...loader!, schema: GREETER });
    const states = ["connecting", "connected", "idle", "waiting", "connecting", "connected"];
    expect(stdout).toBe([...states, "Good day, Bob.", "closed", ""].join("\n"));
  });

  it("shows what happens", async () => {
    const stdout = await outputOf("See what happens", { ...loader!, schema: GREETER });
    const [line = "", ...rest] = stdout.split("\n");
    expect(JSON.parse(line)).toMatchObject({ method: "greet", status: "ok", domain: "shs" });
    const [, peer] = /"peer":"(ed25519:[\w-]{43})"/.exec(line)!;
    expect(rest.join("\n")).toContain(peer);
    expect(rest.join("\n")).toMatch(/greeter\.capnp:Greeter: 1 calls/);
  });
});

/** What the README's first programs take for granted: a schema, shelves and a member. */
const SHOP = {
  "library.capnp": `@0xe2b7c3d94f1a6058;
interface Library { checkoutBook @0 (isbn :Text) -> (loan :Loan); }
interface Loan { renew @0 () -> (dueDate :Text); }
`,
  "shop.ts": `import { Loan } from "./library.capnp.ts";
class PaperLoan extends Loan.Server {
  #isbn; #member;
  constructor({ isbn }, member) { super(); this.#isbn = isbn; this.#member = member; }
  renew() { return { dueDate: this.#isbn + " for " + this.#member }; }
}
const shelves = { lend: async (isbn) => ({ isbn }) };
Object.assign(globalThis, { shelves, Loan: PaperLoan, members: { has: () => true } });
`,
};

it.runIf(withCapnpTool)("the README's server lends a book to its client", async () => {
  const section = "A server and a client";
  const [PLACE, DESK] = ["tcp://0.0.0.0:7000", '"capnp://ed25519:…@host:7000"'];
  const [server, client] = [block(section, "ts", 0), block(section, "ts", 1)];
  expect(server).toContain(PLACE);
  expect(client).toContain(DESK);
  const imports = server.match(/^import .*"(handfast|\.\/library\.capnp\.ts)";$/gm)!.join("\n");
  const folder = folderOf({
    ...SHOP,
    "server.ts": `import "./shop.ts";\n${server.replace(PLACE, "tcp://127.0.0.1:0")}`,
    "client.ts": `${imports}
const isbn = "9780000000002";
${client.replace(DESK, "process.argv[2]")}
console.log(dueDate, vat.identity.id);`,
  });
  const options = ["--conditions=@handfast/source", ...LOADERS[0]!.options];
  const serving = spawn(process.execPath, [...options, "server.ts"], { cwd: folder });
  onTestFinished(() => void serving.kill());
  const [address] = (await once(serving.stdout.setEncoding("utf8"), "data")) as [string];
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [...options, "client.ts", address.trim()], {
    cwd: folder,
  });
  const [, book, member, ours] = /^(\d+) for (\S+) (\S+)\n$/.exec(stdout)!;
  expect(book).toBe("9780000000002");
  expect(member).toBe(ours); // the key that the handshake has proven
});

it("the README's chain of authenticators is one", async () => {
  const program = `import { apiKey, chain, jwt } from "handfast/auth";
const store = { find: () => undefined };
${block("Let in whom you do not know", "ts", 1)}
console.log(typeof authenticate);`;
  const options = ["--conditions=@handfast/source", ...LOADERS[0]!.options, "main.ts"];
  const cwd = folderOf({ "main.ts": program });
  const { stdout } = await promisify(execFile)(process.execPath, options, { cwd });
  expect(stdout).toBe("function\n");
});

describe("every command that the README shows", () => {
  const shown = [...README.matchAll(/^npx handfast (?!--)([^#\n]+)/gm)].map(([, line]) =>
    line!.trim(),
  );
  const NAMES = /^(tunnel \w+|[\w-]+)/;

  it.each(shown)("%s is one there is", async (line) => {
    const [name = ""] = NAMES.exec(line) ?? [];
    const { status, out } = await handfast(...name.split(" "), "--help");
    expect(status).toBe(0);
    expect(out).toContain(`Usage: handfast ${name} `);
    for (const [option] of line.matchAll(/--[a-z-]+/g))
      expect(out).toMatch(new RegExp(`${option}\\b`));
  });

  it("has each that there is", async () => {
    const { out } = await handfast("--help");
    const commands = [...out.matchAll(/^ {2}([a-z][a-z-]+) (?:\[| )/gm)].map(([, name]) => name!);
    expect(commands).toContain("doctor");
    const first = new Set(shown.map((line) => line.split(" ")[0]));
    expect(commands.filter((name) => !first.has(name))).toEqual([]);
  });
});

it("every road in the README's table is listened on, and dialled by an address of its shape", async () => {
  const rows = [...README.matchAll(/^\| `([a-z+]+:[^`]*)` +\| (`([^`]+)`|the same) /gm)];
  expect(rows.length).toBeGreaterThan(4);
  const folder = mkdtempSync(join(tmpdir(), "handfast-roads-"));
  await using vat = await Vat.open({
    identity: await Identity.generate(),
    network: "roads.example/v1",
    certificate: FIRST,
    admit: "anyone",
    anonymousBootstrap: () => ({}) as never, // nobody asks for it
  });
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  for (const [index, [, listen = "", , dial = listen]] of rows.entries()) {
    const place = listen
      .replace(/(host|127\.0\.0\.1):port/, "127.0.0.1:0")
      .replace("/path", join(folder, String(index)));
    const { address } = await vat.listen(place);
    const shape = dial
      .replace(/[+.]/g, "\\$&")
      .replace(/:…|:\\\.\\\.\\\./, ":[\\w-]+")
      .replace(/(host|127\\\.0\\\.0\\\.1):port/, "127\\.0\\.0\\.1:\\d+")
      .replace("/path", "/\\S+");
    expect(address).toMatch(new RegExp(`^${shape}$`));
    expect(destinationOf(address).is).toBeDefined();
  }
});

it("every file that the README links to is there", () => {
  const links = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
  expect(links.length).toBeGreaterThan(3);
  for (const path of links) expect(readFileSync(join(ROOT, path)).length).toBeGreaterThan(0);
});
