import { type Verdict } from "./pairing.ts";
import { type Quirk } from "./readme.ts";

/** What a verdict means once the known quirks are taken into account. */
export type Judgement =
  | { readonly is: "passed" }
  | { readonly is: "failed"; readonly why: string }
  | { readonly is: "known"; readonly why: string }
  | { readonly is: "absent"; readonly why: string };

export interface Names {
  readonly client: string;
  readonly server: string;
}

export interface Result extends Names {
  readonly judgements: ReadonlyMap<string, Judgement>;
}

export function count(results: readonly Result[], is: Judgement["is"]): number {
  const all = results.flatMap(({ judgements }) => [...judgements.values()]);
  return all.filter((judgement) => judgement.is === is).length;
}

/** Judges each listed check of a pairing, and each that the list lacks. */
export function judge(
  names: Names,
  verdicts: ReadonlyMap<string, Verdict>,
  checks: readonly string[],
  quirks: readonly Quirk[],
): ReadonlyMap<string, Judgement> {
  const judgements = new Map<string, Judgement>();
  for (const check of new Set([...checks, ...verdicts.keys()])) {
    const verdict = verdicts.get(check) ?? { is: "failed", why: "not run" };
    const quirk = quirks.find((one) => concerns(one, names, check));
    judgements.set(check, checks.includes(check) ? judgeOne(verdict, quirk) : unlisted);
  }
  return judgements;
}

const unlisted: Judgement = { is: "failed", why: "README.md does not list this check" };

function judgeOne(verdict: Verdict, quirk: Quirk | undefined): Judgement {
  if (verdict.is === "failed") return quirk === undefined ? verdict : { ...verdict, is: "known" };
  if (quirk?.frequency === "always")
    return { is: "failed", why: "passes, so its line among the quirks of README.md is wrong" };
  return { is: "passed" };
}

function concerns(quirk: Quirk, { client, server }: Names, check: string): boolean {
  return (
    isAmong(quirk.clients, client) && isAmong(quirk.servers, server) && quirk.checks.includes(check)
  );
}

function isAmong(names: readonly string[], name: string): boolean {
  return names.includes(name) || names.includes("any");
}
