import { type Blame, HandfastError } from "handfast";

/** What can go wrong in the library itself, whoever asked and over whatever road. */
export type LibraryErrorCode =
  | "FILE_MISSING"
  | "FILE_UNREADABLE"
  | "FILE_TOO_LARGE"
  | "FILE_UNWRITABLE"
  | "FOLDER_UNUSABLE"
  | "CATALOG_INVALID"
  | "ROSTER_INVALID"
  | "CARDS_CORRUPT"
  | "CARDS_NOT_SAVED"
  | "LOANS_CORRUPT"
  | "LOANS_CHANGED"
  | "LOANS_NOT_SAVED"
  | "ISBN_INVALID"
  | "UNKNOWN_ISBN"
  | "UNKNOWN_MEMBER"
  | "NO_READING_COPY"
  | "ON_LOAN"
  | "TOO_MANY_LOANS"
  | "TOO_MANY_RENEWALS"
  | "TOO_MANY_WAITING"
  | "TOO_MANY_CARDS"
  | "LOAN_ENDED"
  | "CANCELED"
  | "INTERRUPTED"
  | "USAGE";

export interface LibraryErrorOptions {
  /** Default `caller`: nearly all of these are a wrong argument or a wrong file. */
  readonly blame?: Blame | undefined;
  readonly cause?: unknown;
}

export class LibraryError extends HandfastError<LibraryErrorCode> {
  constructor(code: LibraryErrorCode, message: string, options: LibraryErrorOptions = {}) {
    super(code, message, { blame: options.blame ?? "caller", cause: options.cause });
  }
}
