import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { generateSeed, KeyPair, ready } from "../../src/shs/index.ts";
import { createKeyFile, readAnyKeyFile, type StoreErrorCode } from "../../src/stores/index.ts";

beforeAll(ready);

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "handfast-keys-"));
  path = join(folder, "secret");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const refusal = (code: StoreErrorCode): unknown =>
  expect.objectContaining({ name: "StoreError", code });

function write(contents: string | Uint8Array): void {
  writeFileSync(path, contents, { mode: 0o600 });
}

function scuttlebutt(keyPair: KeyPair, publicKey = keyPair.publicKey): string {
  const base64 = (...parts: Uint8Array[]) => `${Buffer.concat(parts).toString("base64")}.ed25519`;
  const secret = {
    curve: "ed25519",
    public: base64(publicKey),
    private: base64(keyPair.revealSeed(), keyPair.publicKey),
    id: `@${base64(publicKey)}`,
  };
  const comment = "# this is your SECRET name.\n# never show this to anyone.\n\n";
  return `${comment}${JSON.stringify(secret, null, 2)}\n\n# The only part that is safe is your id.\n`;
}

/** PROTOCOL.key, as ssh-keygen -t ed25519 -N "" writes it. */
function openSsh(keyPair: KeyPair, options: { cipher?: string; type?: string } = {}): string {
  const { cipher = "none", type = "ssh-ed25519" } = options;
  const uint32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const string = (value: string | Uint8Array) =>
    Buffer.concat([uint32(value.length), Buffer.from(value as string, "latin1")]);
  const publicKey = Buffer.concat([string(type), string(keyPair.publicKey)]);
  const secret = Buffer.concat([keyPair.revealSeed(), keyPair.publicKey]);
  const inner = Buffer.concat([
    uint32(7),
    uint32(7),
    publicKey,
    string(secret),
    string("me@here"),
    Buffer.from([1, 2, 3]),
  ]);
  const outer = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    string(cipher),
    string("none"),
    string(""),
    uint32(1),
    string(publicKey),
    string(inner),
  ]);
  const lines = outer.toString("base64").replace(/.{70}/g, "$&\n");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

describe("a key that somebody already has", () => {
  it.each([
    ["Scuttlebutt's secret", (keyPair: KeyPair) => scuttlebutt(keyPair)],
    ["an OpenSSH private key", (keyPair: KeyPair) => openSsh(keyPair)],
    ["a raw seed", (keyPair: KeyPair) => keyPair.revealSeed()],
  ])("is read from %s, which stays as it is", async (_, contents) => {
    const keyPair = KeyPair.fromSeed(generateSeed());
    write(contents(keyPair));
    const before = readFileSync(path);
    expect((await readAnyKeyFile(path)).id).toBe(keyPair.id);
    expect(readFileSync(path)).toEqual(before);
  });

  it("is read from our own key file", async () => {
    const keyPair = KeyPair.fromSeed(generateSeed());
    await createKeyFile(path, keyPair);
    expect((await readAnyKeyFile(path)).id).toBe(keyPair.id);
  });

  it("is nobody else's to read", async () => {
    write(generateSeed());
    chmodSync(path, 0o644);
    await expect(readAnyKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MODE"));
  });

  it("is refused when it is encrypted", async () => {
    write(openSsh(KeyPair.fromSeed(generateSeed()), { cipher: "aes256-ctr" }));
    await expect(readAnyKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_ENCRYPTED"));
  });

  it("is refused when it is of another kind", async () => {
    write(openSsh(KeyPair.fromSeed(generateSeed()), { type: "ssh-rsa" }));
    await expect(readAnyKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MALFORMED"));
  });

  it("is refused when its public key is another's", async () => {
    const other = KeyPair.fromSeed(generateSeed());
    write(scuttlebutt(KeyPair.fromSeed(generateSeed()), other.publicKey));
    await expect(readAnyKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MISMATCH"));
  });

  it("is refused when it is cut anywhere", async () => {
    const keyPair = KeyPair.fromSeed(generateSeed());
    for (const whole of [scuttlebutt(keyPair), openSsh(keyPair)]) {
      for (const share of [0.2, 0.3, 0.4, 0.5, 0.6]) {
        write(whole.slice(0, whole.length * share));
        await expect(readAnyKeyFile(path)).rejects.toThrow(refusal("KEY_FILE_MALFORMED"));
      }
    }
  });
});
