import { type Blame, HandfastError } from "../base/index.ts";

/**
 * Why a file of ours could not be read or written: `KEY_FILE_MISSING`, `KEY_FILE_EXISTS` (a key is
 * never overwritten), `KEY_FILE_MODE` (others may read it), `KEY_FILE_SYMLINK`,
 * `KEY_FILE_NOT_REGULAR`, `KEY_FILE_MALFORMED`, `KEY_FILE_MISMATCH` (its public key is not its
 * seed's), `KEY_FILE_ENCRYPTED` (by a passphrase), `KEY_FILE_UNREADABLE` and `KEY_FILE_UNWRITABLE` (the system said no; see `cause`).
 */
export type StoreErrorCode =
  | "KEY_FILE_MISSING"
  | "KEY_FILE_EXISTS"
  | "KEY_FILE_MODE"
  | "KEY_FILE_SYMLINK"
  | "KEY_FILE_NOT_REGULAR"
  | "KEY_FILE_MALFORMED"
  | "KEY_FILE_MISMATCH"
  | "KEY_FILE_ENCRYPTED"
  | "KEY_FILE_UNREADABLE"
  | "KEY_FILE_UNWRITABLE";

export interface StoreErrorOptions {
  readonly blame?: Blame | undefined;
  readonly cause?: unknown;
}

export class StoreError extends HandfastError<StoreErrorCode> {
  constructor(code: StoreErrorCode, message: string, options: StoreErrorOptions = {}) {
    super(code, message, { blame: options.blame ?? "caller", cause: options.cause });
  }
}
