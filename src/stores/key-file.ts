import { fromBase64Url, toBase64Url } from "../base/index.ts";
import { KeyPair, SEED_BYTES } from "../shs/index.ts";
import { StoreError } from "./error.ts";
import { createSecretFile, readSecretFile } from "./secret-file.ts";

/**
 * The key pair in a key file. Throws `StoreError` `KEY_FILE_MISSING`, `KEY_FILE_MODE` when others
 * may read it, `KEY_FILE_SYMLINK`, `KEY_FILE_NOT_REGULAR`, `KEY_FILE_MALFORMED`,
 * `KEY_FILE_MISMATCH` when its public key is not its seed's, `KEY_FILE_UNREADABLE`.
 */
export async function readKeyFile(path: string): Promise<KeyPair> {
  return parseKeyFile((await readSecretFile(path)).toString("utf8"), path);
}

/**
 * Writes a new key file, readable by its owner alone. Throws `StoreError` `KEY_FILE_EXISTS`,
 * `KEY_FILE_UNWRITABLE`.
 */
export async function createKeyFile(path: string, keyPair: KeyPair): Promise<void> {
  await createSecretFile(path, printKeyFile(keyPair));
}

/** Reads a key file; when there is none, creates it with the pair that `generate` makes. */
export async function readOrCreateKeyFile(path: string, generate: () => KeyPair): Promise<KeyPair> {
  try {
    return await readKeyFile(path);
  } catch (error) {
    if (!isCoded(error, "KEY_FILE_MISSING")) throw error;
  }
  const keyPair = generate();
  try {
    await createKeyFile(path, keyPair);
    return keyPair;
  } catch (error) {
    if (!isCoded(error, "KEY_FILE_EXISTS")) throw error;
    return await readKeyFile(path); // another process was faster: one key for both
  }
}

function printKeyFile(keyPair: KeyPair): string {
  return [
    "# handfast key file, version 1.",
    "# Whoever reads the seed can be you: keep this file to yourself (mode 0600).",
    `public ${keyPair.id}`,
    `seed ${toBase64Url(keyPair.revealSeed())}`,
    "",
  ].join("\n");
}

/** What {@link createKeyFile} wrote; `path` is for the errors. */
export function parseKeyFile(text: string, path: string): KeyPair {
  const fields = new Map<string, string>();
  text.split(/\r?\n/).forEach((line, index) => {
    if (line.trim() === "" || line.startsWith("#")) return;
    const field = /^(public|seed) (\S+)$/.exec(line);
    const [, name, value] = field ?? [];
    if (name === undefined || value === undefined || fields.has(name)) {
      throw malformed(path, `line ${index + 1} is neither a comment nor its first public or seed`);
    }
    fields.set(name, value);
  });
  const seed = fromBase64Url(fields.get("seed") ?? "");
  if (seed?.length !== SEED_BYTES) {
    throw malformed(path, `it has no seed of ${SEED_BYTES} bytes in base64url`);
  }
  const keyPair = KeyPair.fromSeed(seed);
  if (fields.get("public") !== keyPair.id) {
    throw new StoreError("KEY_FILE_MISMATCH", `${path}: the public key is not the seed's`);
  }
  return keyPair;
}

/** The reason never quotes the file: what stands there may be the secret. */
function malformed(path: string, reason: string): StoreError {
  return new StoreError("KEY_FILE_MALFORMED", `${path} is not a handfast key file: ${reason}`);
}

function isCoded(error: unknown, code: StoreError["code"]): boolean {
  return error instanceof StoreError && error.code === code;
}
