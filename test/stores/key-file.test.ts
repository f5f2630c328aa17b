import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { generateSeed, KeyPair, ready } from "../../src/shs/index.ts";
import {
  createKeyFile,
  readKeyFile,
  readOrCreateKeyFile,
  type StoreErrorCode,
} from "../../src/stores/index.ts";

beforeAll(ready);

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "handfast-keys-"));
  path = join(folder, "me.key");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const generate = () => KeyPair.fromSeed(generateSeed());
const refusal = (code: StoreErrorCode): unknown =>
  expect.objectContaining({ name: "StoreError", code });

function write(text: string, mode = 0o600): void {
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
}

describe("a key file", () => {
  it("gives back the pair it was made of, and is nobody else's to read", async () => {
    const keyPair = generate();
    await createKeyFile(path, keyPair);
    expect((await readKeyFile(path)).id).toBe(keyPair.id);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(["me.key"]);
  });

  it("tells a reader what it is and whose", async () => {
    const keyPair = generate();
    await createKeyFile(path, keyPair);
    const text = readFileSync(path, "utf8");
    expect(text).toMatch(/^# handfast key file/);
    expect(text).toContain(`public ${keyPair.id}\n`);
  });

  it("may be commented and end lines as Windows does", async () => {
    const keyPair = generate();
    await createKeyFile(path, keyPair);
    write(`# mine\r\n\r\n${readFileSync(path, "utf8").replaceAll("\n", "\r\n")}`);
    expect((await readKeyFile(path)).id).toBe(keyPair.id);
  });

  it("is never overwritten", async () => {
    await createKeyFile(path, generate());
    const before = readFileSync(path, "utf8");
    await expect(createKeyFile(path, generate())).rejects.toThrow(refusal("KEY_FILE_EXISTS"));
    expect(readFileSync(path, "utf8")).toBe(before);
    expect(readdirSync(folder)).toEqual(["me.key"]);
  });

  it("is not created through a dangling symlink", async () => {
    symlinkSync(join(folder, "elsewhere"), path);
    await expect(createKeyFile(path, generate())).rejects.toThrow(refusal("KEY_FILE_EXISTS"));
    expect(readdirSync(folder)).toEqual(["me.key"]);
  });

  it("is created once when many ask at the same time", async () => {
    const pairs = await Promise.all(
      Array.from({ length: 8 }, () => readOrCreateKeyFile(path, generate)),
    );
    expect(new Set(pairs.map(({ id }) => id)).size).toBe(1);
  });

  it("is missed by name", async () => {
    await expect(readKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MISSING"));
  });

  it("cannot be written where there is no folder", async () => {
    const lost = join(folder, "no", "me.key");
    await expect(createKeyFile(lost, generate())).rejects.toThrow(refusal("KEY_FILE_UNWRITABLE"));
  });

  it.each([0o644, 0o640, 0o604, 0o660, 0o606])("is refused with mode %o", async (mode) => {
    await createKeyFile(path, generate());
    chmodSync(path, mode);
    await expect(readKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MODE"));
  });

  it("is refused behind a symlink", async () => {
    const real = join(folder, "real.key");
    await createKeyFile(real, generate());
    symlinkSync(real, path);
    await expect(readKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_SYMLINK"));
  });

  it("is not a folder, nor a pipe that would hang the reader", async () => {
    mkdirSync(path);
    await expect(readKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_NOT_REGULAR"));
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    await expect(readKeyFile(pipe)).rejects.toThrow(refusal("KEY_FILE_NOT_REGULAR"));
  });

  it("is refused when its public key is another's", async () => {
    await createKeyFile(path, generate());
    const text = readFileSync(path, "utf8");
    write(text.replace(/public .*/, `public ${generate().id}`));
    await expect(readKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MISMATCH"));
  });

  it.each([
    ["empty", ""],
    ["only comments", "# nothing\n"],
    ["a short seed", "public x\nseed AAAA\n"],
    ["no public key and no seed", "hello\n"],
    ["two seeds", `seed ${"A".repeat(43)}\nseed ${"A".repeat(43)}\n`],
    ["far too long", "#".repeat(20_000)],
  ])("is refused when malformed: %s", async (_, text) => {
    write(text);
    await expect(readKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MALFORMED"));
  });

  it("never quotes a secret in its errors", async () => {
    write("seed secret-on-the-wrong-line\nseed\n");
    const error: unknown = await readKeyFile(path).catch((thrown: unknown) => thrown);
    expect(String(error)).not.toContain("secret-on");
  });
});
