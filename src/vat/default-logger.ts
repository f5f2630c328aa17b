import { inspect } from "node:util";
import { type Logger } from "../base/index.ts";

/** What a vat without a logger does: warnings and errors go to stderr, the rest nowhere. */
export const defaultLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (fields, message) => {
    write("warning", fields, message);
  },
  error: (fields, message) => {
    write("error", fields, message);
  },
};

function write(level: string, fields: object, message: string): void {
  const text = `handfast ${level}: ${message} ${inspect(fields, { depth: 4 })}`;
  process.stderr.write(`${contained(text)}\n`);
}

/**
 * Errors print the messages they were made with, which may be a peer's: what follows their line
 * breaks is indented, so that no peer writes a line of its own, and no peer moves the cursor.
 */
function contained(text: string): string {
  return text.replace(UNSEEN, (char) => (char === "\n" ? "\n  " : escaped(char)));
}

const escaped = (char: string) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Control characters, line and paragraph separators, and changes of direction. */
const UNSEEN = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu;

/** A logger of the user's that cannot hurt: what it throws is dropped. */
export function harmless(logger: Logger): Logger {
  const guarded =
    (level: keyof Logger) =>
    (fields: object, message: string): void => {
      try {
        logger[level](fields, message);
      } catch {
        // There is nowhere to say it.
      }
    };
  return {
    debug: guarded("debug"),
    info: guarded("info"),
    warn: guarded("warn"),
    error: guarded("error"),
  };
}
