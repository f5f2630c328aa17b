import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { compileSchemas, generate } from "../../src/codegen/index.ts";
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

describe.runIf(withCapnpTool).each(LOADERS)("with $name", ({ node, options }) => {
  it("the README's schema and program do what they say", async () => {
    const section = "Write a schema, serve it, call it";
    const folder = mkdtempSync(join(tmpdir(), "handfast-readme-"));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(ROOT, join(folder, "node_modules", "handfast"));
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    writeFileSync(join(folder, "greeter.capnp"), block(section, "capnp"));
    writeFileSync(join(folder, "main.ts"), block(section, "ts"));
    for (const { path, text } of generate(compileSchemas(["greeter.capnp"], { cwd: folder }))) {
      writeFileSync(join(folder, path), text);
    }
    const { stdout, stderr } = await promisify(execFile)(
      node,
      ["--conditions=@handfast/source", ...options, "main.ts"],
      { cwd: folder },
    );
    expect(stderr).toBe("");
    expect(stdout).toBe("Good day, Ada.\n");
  });
});

it("every file that the README links to is there", () => {
  const links = [...README.matchAll(/\]\(([^)#:]+)\)/g)].map(([, path]) => path ?? "");
  expect(links.length).toBeGreaterThan(3);
  for (const path of links) expect(readFileSync(join(ROOT, path)).length).toBeGreaterThan(0);
});
