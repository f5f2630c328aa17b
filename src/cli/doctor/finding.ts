import { describe } from "../description.ts";

/** One thing that the doctor looked at. */
export interface Finding {
  /** What it is, in one word. */
  readonly about: string;
  readonly is: "ok" | "warn" | "fail";
  readonly text: string;
  /** Of the error behind it, if there is one. */
  readonly code?: string | undefined;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

export function ok(about: string, text: string): Finding {
  return { about, is: "ok", text };
}

export function warn(about: string, text: string, advice: string): Finding {
  return { about, is: "warn", text, advice };
}

/** An error as a finding, with the advice that the error itself comes with. */
export function failure(about: string, error: unknown): Finding {
  const { code, message, hint } = describe(error);
  return { about, is: "fail", text: message, code, advice: hint };
}

/** For people: `ok    node       20.19.0`, and the advice below. */
export function lineOf({ about, is, text, code, advice }: Finding): string {
  const reason = code === undefined ? text : `${code}: ${text}`;
  const line = `${is.padEnd(5)} ${about.padEnd(11)} ${reason}`;
  return advice === undefined ? line : `${line}\n${" ".repeat(18)}${advice}`;
}
