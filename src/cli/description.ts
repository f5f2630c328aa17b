import { HandfastError } from "../base/index.ts";
import { NetError, type TextPosition } from "../net/index.ts";
import { StoreError } from "../stores/index.ts";
import { hintFor } from "./hints.ts";
import { UsageError } from "./usage-error.ts";

/** An error as people are told of it. */
export interface Description {
  readonly code: string;
  readonly message: string;
  /** The text that was misspelt, and where. */
  readonly at?: TextPosition | undefined;
  readonly hint: string | undefined;
  readonly stack?: string | undefined;
}

export function describe(error: unknown): Description {
  if (error instanceof UsageError) {
    return { code: error.code, message: error.message, hint: error.hint };
  }
  if (error instanceof HandfastError) {
    const { code, message, cause } = error as HandfastError; // `instanceof` says only <any>
    const text = error instanceof StoreError ? withReason(message, cause) : message;
    const at = error instanceof NetError ? error.at : undefined;
    return { code, message: text, at, hint: hintFor(code) };
  }
  const known = error instanceof Error ? error : new Error(String(error));
  return {
    code: "INTERNAL",
    message: known.message,
    hint: "this is a mistake in handfast, not yours: please report it with the lines below",
    stack: known.stack,
  };
}

/** Adds what the operating system said, unless the message says it already. */
function withReason(message: string, cause: unknown): string {
  if (!(cause instanceof Error) || !("syscall" in cause)) return message;
  return message.includes(cause.message) ? message : `${message}: ${cause.message}`;
}
