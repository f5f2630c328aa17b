import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { mutants } from "./mutants.ts";
import { roadMutants } from "./road-mutants.ts";
import { unheardMutants } from "./unheard-mutants.ts";

it.each([...mutants, ...roadMutants, ...unheardMutants])(
  "a mutant can still break this rule: $rule",
  ({ file, from, to }) => {
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
    expect(text.split(from)).toHaveLength(2);
    expect(to).not.toBe(from);
  },
);
