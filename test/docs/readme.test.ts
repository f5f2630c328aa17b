import { execFile } from "node:child_process";
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

/** The first code block in this language of one section. */
function block(section: string, language: string): string {
  const text = README.split(`\n## ${section}\n`)[1]?.split("\n## ")[0] ?? "";
  const code = new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(text)?.[1];
  if (code === undefined) throw new Error(`README has no ${language} under "${section}"`);
  return code;
}

const tsx = join(ROOT, "node_modules/tsx/dist/loader.mjs");
const LOADERS = [
  { name: "tsx", node: process.execPath, options: ["--import", tsx] },
  ...(plainNode === undefined ? [] : [{ name: "plain Node", node: plainNode, options: [] }]),
];

const GREETER = "Write a schema, serve it, call it";

/** Runs the program of one section, in a folder where its schema has been compiled. */
async function outputOf(
  section: string,
  { schema = section, node, options }: { schema?: string; node: string; options: string[] },
): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "handfast-readme-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules", "handfast"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const text = block(schema, "capnp");
  const [, name = "it.capnp"] = /^# (\w+\.capnp)\n/.exec(text) ?? [];
  writeFileSync(join(folder, name), text);
  writeFileSync(join(folder, "main.ts"), block(section, "ts"));
  for (const file of generate(compileSchemas([name], { cwd: folder }))) {
    writeFileSync(join(folder, file.path), file.text);
  }
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
