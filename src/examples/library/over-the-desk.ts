import { RpcError } from "handfast";
import { LibraryError, type LibraryErrorCode } from "./library-error.ts";

/** What a reader is told; the library's other troubles are its own. */
const FOR_READERS: ReadonlySet<LibraryErrorCode> = new Set([
  "ISBN_INVALID",
  "UNKNOWN_ISBN",
  "UNKNOWN_MEMBER",
  "NO_READING_COPY",
  "ON_LOAN",
  "TOO_MANY_LOANS",
  "TOO_MANY_RENEWALS",
  "TOO_MANY_WAITING",
  "TOO_MANY_CARDS",
  "LOAN_ENDED",
  "CANCELED",
]);

/** Does what a reader asked for, and tells the reader why when it cannot be done. */
export async function overTheDesk<T>(action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof LibraryError) || !FOR_READERS.has(error.code)) throw error;
    throw RpcError.failed(`${error.code}: ${error.message}`, { cause: error });
  }
}

/** What {@link overTheDesk} told the reader, as the library's own error again. */
export function heardOverTheDesk(error: unknown): unknown {
  if (!(error instanceof RpcError) || error.kind !== "failed") return error;
  const [, code, message = ""] = /^remote exception: (\w+): (.*)$/s.exec(error.message) ?? [];
  const known = [...FOR_READERS].find((name) => name === code);
  return known === undefined ? error : new LibraryError(known, message, { cause: error });
}
