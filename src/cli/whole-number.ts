import { UsageError } from "./usage-error.ts";

/** Reads the value of an option that takes a whole number. Throws `UsageError`. */
export function wholeNumber(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
    if (value >= min && value <= max) return value;
    throw new UsageError(
      `${option} takes a whole number from ${min} to ${max}, not ${text}`,
      "`--help` shows its default",
    );
  };
}
