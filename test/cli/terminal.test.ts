import { describe, expect, it } from "vitest";
import { AuthError } from "../../src/base/index.ts";
import { Terminal } from "../../src/cli/terminal.ts";
import { NetError } from "../../src/net/index.ts";
import { RpcError } from "../../src/rpc/index.ts";
import { StoreError } from "../../src/stores/index.ts";

interface Setting {
  readonly isTTY?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

function terminalOf({ isTTY = false, env = {}, json = false }: Setting = {}) {
  const written = { stdout: "", stderr: "" };
  const output = (name: keyof typeof written) => ({
    isTTY,
    write: (text: string) => (written[name] += text),
  });
  const terminal = new Terminal({ stdout: output("stdout"), stderr: output("stderr"), env });
  terminal.json = json;
  return { terminal, written };
}

describe("the terminal", () => {
  it("keeps results apart from all else", () => {
    const { terminal, written } = terminalOf();
    terminal.note("working");
    terminal.result({ text: "done", json: { done: true } });
    terminal.error(new AuthError());
    expect(written.stdout).toBe("done\n");
    expect(written.stderr).toBe(
      "working\nerror PERMISSION_DENIED: permission denied: unauthorized\n",
    );
  });

  it("gives programs one line of JSON for each result, and no notes", () => {
    const { terminal, written } = terminalOf({ json: true });
    terminal.note("working");
    terminal.result({ text: "done", json: { done: true } });
    terminal.error(new AuthError());
    expect(written.stdout).toBe('{"done":true}\n');
    expect(written.stderr).toBe(
      '{"error":{"code":"PERMISSION_DENIED","message":"permission denied: unauthorized"}}\n',
    );
  });

  it("is coloured only when somebody looks at it and has not said no", () => {
    const coloured = (setting: Setting) => {
      const { terminal, written } = terminalOf(setting);
      terminal.error(new AuthError());
      return written.stderr.includes("\u001b[");
    };
    expect(coloured({ isTTY: true })).toBe(true);
    expect(coloured({ isTTY: false })).toBe(false);
    expect(coloured({ isTTY: true, env: { NO_COLOR: "1" } })).toBe(false);
    expect(coloured({ isTTY: true, env: { TERM: "dumb" } })).toBe(false);
    expect(coloured({ isTTY: true, json: true })).toBe(false);
  });

  it("shows control sequences of others instead of obeying them", () => {
    const { terminal, written } = terminalOf();
    terminal.result({ text: "a\u001b[2Jb\r\u0085\u202ec\td", json: {} });
    expect(written.stdout).toBe("a\\u{1b}[2Jb\\u{0d}\\u{85}\\u{202e}c\td\n");
  });

  it("keeps an error on one line, whatever is in its message", () => {
    const { terminal, written } = terminalOf();
    terminal.error(RpcError.failed("no\nerror FORGED: yes"));
    expect(written.stderr).toBe("error FAILED: no\\u{0a}error FORGED: yes\n");
  });

  it("points at the column where an address stops making sense", () => {
    const { terminal, written } = terminalOf();
    const at = { text: "capnp://\u0007d25519:x", column: 10 };
    terminal.error(
      new NetError("ADDRESS_INVALID", "column 10: a key begins with ed25519:", { at }),
    );
    const [, text, caret] = written.stderr.split("\n");
    expect(text).toBe("  capnp://\\u{07}d25519:x");
    expect(text?.[caret?.indexOf("^") ?? -1]).toBe("d");
  });

  it("shows a stack for a mistake of ours, and only then", () => {
    const { terminal, written } = terminalOf();
    terminal.error(new TypeError("x is not a function"));
    expect(written.stderr).toContain("error INTERNAL: x is not a function\nhint: ");
    expect(written.stderr).toMatch(/\n +at /);
  });

  it("adds what the operating system said, once", () => {
    const cause = Object.assign(new Error("ENOSPC: no space left"), { syscall: "write" });
    const { terminal, written } = terminalOf();
    for (const message of ["me.key cannot be written", "me.key: ENOSPC: no space left"]) {
      terminal.error(new StoreError("KEY_FILE_UNWRITABLE", message, cause));
    }
    expect(written.stderr.match(/ENOSPC/g)).toHaveLength(2);
  });
});
