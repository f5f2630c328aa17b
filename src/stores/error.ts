import { HandfastError } from "../base/index.ts";

/** Why a file of ours could not be read or written. */
export type StoreErrorCode =
  /** There is no such file. */
  | "KEY_FILE_MISSING"
  /** A key would be overwritten, which never happens. */
  | "KEY_FILE_EXISTS"
  /** Others than its owner may read it. */
  | "KEY_FILE_MODE"
  /** It is a symbolic link. */
  | "KEY_FILE_SYMLINK"
  /** It is a folder, a pipe, a socket or a device. */
  | "KEY_FILE_NOT_REGULAR"
  /** It is in none of the formats that can be read, or too long for any. */
  | "KEY_FILE_MALFORMED"
  /** Its public key is not its seed's. */
  | "KEY_FILE_MISMATCH"
  /** It is encrypted by a passphrase. */
  | "KEY_FILE_ENCRYPTED"
  /** The system does not let us read it; `cause` says why. */
  | "KEY_FILE_UNREADABLE"
  /** The system does not let us write it, or its folder is missing; `cause` says why. */
  | "KEY_FILE_UNWRITABLE";

/** A file that holds a secret, or is to, and cannot be used. */
export class StoreError extends HandfastError<StoreErrorCode> {
  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: "caller", cause });
  }
}
