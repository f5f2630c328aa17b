import { type PeerId } from "../base/index.ts";

/** The key pair a vat lives under. The secret never shows in `inspect`, JSON or errors. */
export interface Identity {
  readonly id: PeerId;
  /** 32 bytes, Ed25519. */
  readonly publicKey: Uint8Array;
}

/** What the public const `Identity` offers. */
export interface IdentityConstructor {
  /** A new key pair that is written nowhere. */
  generate(): Promise<Identity>;
  /** Reads a key file; throws `StoreError` `KEY_FILE_MISSING` when there is none. */
  load(path: string): Promise<Identity>;
  /** Reads a key file, or creates it with mode 0600. */
  loadOrCreate(path: string): Promise<Identity>;
}
