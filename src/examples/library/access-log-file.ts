import { open } from "node:fs/promises";
import { type LineSink } from "handfast";
import { reasonOf } from "./json-file.ts";
import { LibraryError } from "./library-error.ts";

/** A file that lines are written behind. */
export interface AccessLogFile extends AsyncDisposable {
  readonly sink: LineSink;
}

/**
 * Opens the file, or makes it, for the owner alone. A disk that is full later costs lines, which
 * `complain` is told once. Throws `LibraryError` `FILE_UNWRITABLE`.
 */
export async function openAccessLog(
  path: string,
  complain: (line: string) => void,
): Promise<AccessLogFile> {
  const file = await open(path, "a", 0o600).catch((cause: unknown) => {
    throw new LibraryError("FILE_UNWRITABLE", `${path}: ${reasonOf(cause)}`, { cause });
  });
  const sink = file.createWriteStream();
  sink.once("error", (error) => complain(`The access log ends here: ${error.message}`));
  return {
    sink,
    async [Symbol.asyncDispose]() {
      if (!sink.errored) await new Promise<void>((resolve) => sink.end(resolve));
    },
  };
}
