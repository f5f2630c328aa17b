import { equalBytes, fromBase64 } from "../base/index.ts";
import { KeyPair, SEED_BYTES } from "../shs/index.ts";
import { StoreError } from "./error.ts";
import { parseKeyFile } from "./key-file.ts";
import { readSecretFile } from "./secret-file.ts";

/**
 * The key pair in a file that somebody already has: our own key file, Scuttlebutt's `secret`, an
 * unencrypted OpenSSH Ed25519 private key, or the raw seed of 32 bytes. Read, never rewritten.
 * Throws `StoreError` as `readKeyFile` does, and `KEY_FILE_ENCRYPTED`.
 */
export async function readAnyKeyFile(path: string): Promise<KeyPair> {
  const contents = await readSecretFile(path);
  if (contents.length === SEED_BYTES) return KeyPair.fromSeed(contents);
  const text = contents.toString("utf8");
  if (text.includes(OPENSSH_BEGIN)) return parseOpenSsh(text, path);
  if (/^\s*(?:#.*\s*)*\{/.test(text)) return parseScuttlebutt(text, path);
  return parseKeyFile(text, path);
}

/** `{ "curve": "ed25519", "public": "….ed25519", "private": "….ed25519" }` between # comments. */
function parseScuttlebutt(text: string, path: string): KeyPair {
  const json = text.replace(/^\s*#.*$/gm, "");
  let secret: unknown;
  try {
    secret = JSON.parse(json);
  } catch {
    throw malformed(path, "it is no JSON between # comments"); // the cause would quote the secret
  }
  if (typeof secret !== "object" || secret === null) throw malformed(path, "it is no object");
  const field = (name: string) => {
    const value: unknown = Reflect.get(secret, name);
    return typeof value === "string" ? fromBase64(value.replace(/\.ed25519$/, "")) : undefined;
  };
  const [seedAndPublic, publicKey] = [field("private"), field("public")];
  if (seedAndPublic?.length !== 2 * SEED_BYTES) throw malformed(path, "it has no Ed25519 secret");
  return checked(seedAndPublic.subarray(0, SEED_BYTES), publicKey, path);
}

const OPENSSH_BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----";

/** OpenSSH's PROTOCOL.key: a magic, how it is encrypted, one public key, one private section. */
function parseOpenSsh(text: string, path: string): KeyPair {
  const armour = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]*)-----END/.exec(text);
  const reader = new SshReader(Buffer.from(armour?.[1] ?? "", "base64"), path);
  if (reader.take(OPENSSH_MAGIC.length).toString("latin1") !== OPENSSH_MAGIC) {
    throw malformed(path, "it is no OpenSSH key");
  }
  const cipher = reader.text();
  reader.string(); // the key derivation
  reader.string(); // its options
  if (cipher !== "none") {
    throw new StoreError("KEY_FILE_ENCRYPTED", `${path} is encrypted: ssh-keygen -p removes that`);
  }
  if (reader.uint32() !== 1) throw malformed(path, "it holds more than one key");
  reader.string(); // the public key, which the private section repeats
  const inner = new SshReader(reader.string(), path);
  if (inner.uint32() !== inner.uint32()) throw malformed(path, "its two check numbers differ");
  if (inner.text() !== "ssh-ed25519") throw malformed(path, "it is not an Ed25519 key");
  const publicKey = inner.string();
  return checked(inner.string().subarray(0, SEED_BYTES), publicKey, path);
}

const OPENSSH_MAGIC = "openssh-key-v1\0";

function checked(seed: Uint8Array, publicKey: Uint8Array | undefined, path: string): KeyPair {
  if (seed.length !== SEED_BYTES) throw malformed(path, "its secret is too short");
  const keyPair = KeyPair.fromSeed(seed);
  if (publicKey === undefined || !equalBytes(publicKey, keyPair.publicKey)) {
    throw new StoreError("KEY_FILE_MISMATCH", `${path}: the public key is not the seed's`);
  }
  return keyPair;
}

/** Reads the length-prefixed fields of RFC 4251 §5. */
class SshReader {
  readonly #bytes: Buffer;
  readonly #path: string;
  #at = 0;

  constructor(bytes: Buffer, path: string) {
    this.#bytes = bytes;
    this.#path = path;
  }

  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw malformed(this.#path, "it ends too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  text(): string {
    return this.string().toString("latin1");
  }
}

/** The reason never quotes the file: what stands there may be the secret. */
function malformed(path: string, reason: string): StoreError {
  return new StoreError("KEY_FILE_MALFORMED", `${path} cannot be used as a key: ${reason}`);
}
