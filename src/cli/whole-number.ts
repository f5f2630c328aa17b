import { Option } from "commander";
import { UsageError } from "./usage-error.ts";

/** Reads the value of an option that takes a whole number. Throws `UsageError`. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (value >= min && value <= max) return value;
    throw new UsageError(
      `${option} takes a whole number from ${min} to ${max}, not ${text === "" ? "nothing" : text}`,
      "`--help` shows its default",
    );
  };
}

/** Longer than this and it is not a question any more, but a hope. */
const MAX_TIMEOUT_MS = 600_000;

/** `--timeout`, of commands that dial. */
export function timeoutOption(): Option {
  return new Option("--timeout <MS>", "milliseconds to wait for each answer")
    .argParser(wholeNumber("--timeout", 1, MAX_TIMEOUT_MS))
    .default(5000);
}
