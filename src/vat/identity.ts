import { type PeerId } from "../base/index.ts";
import { generateSeed, KeyPair, ready } from "../shs/index.ts";
import { readAnyKeyFile, readOrCreateKeyFile } from "../stores/index.ts";

/** The key pair a vat lives under. The secret never shows in `inspect`, JSON or errors. */
export class Identity {
  readonly #keyPair: KeyPair;

  private constructor(keyPair: KeyPair) {
    this.#keyPair = keyPair;
  }

  /** A new key pair that is written nowhere. */
  static async generate(): Promise<Identity> {
    await ready();
    return new Identity(KeyPair.fromSeed(generateSeed()));
  }

  /**
   * Reads a key file: ours, Scuttlebutt's `secret`, an unencrypted OpenSSH Ed25519 key, or a raw
   * seed. Throws `StoreError` `KEY_FILE_MISSING`, `KEY_FILE_MODE`, `KEY_FILE_SYMLINK`,
   * `KEY_FILE_MALFORMED` and the like.
   */
  static async load(path: string): Promise<Identity> {
    await ready();
    return new Identity(await readAnyKeyFile(path));
  }

  /** Reads a key file, or creates it with mode 0600. */
  static async loadOrCreate(path: string): Promise<Identity> {
    await ready();
    return new Identity(await readOrCreateKeyFile(path, () => KeyPair.fromSeed(generateSeed())));
  }

  get id(): PeerId {
    return this.#keyPair.id;
  }

  /** 32 bytes, Ed25519. */
  get publicKey(): Uint8Array {
    return this.#keyPair.publicKey;
  }

  toJSON(): { readonly id: PeerId } {
    return { id: this.id };
  }

  /** For the vat alone: what the handshake is made with. */
  static keyPairOf(identity: Identity): KeyPair {
    return identity.#keyPair;
  }
}
