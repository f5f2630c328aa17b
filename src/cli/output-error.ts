import { HandfastError } from "../base/index.ts";

/** Results that could not be written, as to a disk that is full. */
export class OutputError extends HandfastError<"OUTPUT_LOST"> {
  constructor(cause: Error) {
    super("OUTPUT_LOST", `results cannot be written: ${cause.message}`, { blame: "caller", cause });
  }
}
