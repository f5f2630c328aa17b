import { HandfastError } from "../base/index.ts";

/** A command line that makes no sense. */
export class UsageError extends HandfastError<"USAGE"> {
  readonly hint: string;

  constructor(message: string, hint: string) {
    super("USAGE", message, { blame: "caller" });
    this.hint = hint;
  }
}
