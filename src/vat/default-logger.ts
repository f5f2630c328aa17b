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
  process.stderr.write(`handfast ${level}: ${message} ${inspect(fields, { depth: 4 })}\n`);
}

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
