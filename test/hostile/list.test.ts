import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");

/** The number and file of each line of the table. */
const LINES = [...read("README.md").matchAll(/^\| +(\d+) \|.*\| (\S+) +\|$/gm)].map(
  ([, number, file]) => ({ number: Number(number), file: String(file) }),
);

/** The numbers that tests of a file begin with. */
const numbersIn = (file: string): readonly number[] =>
  [...read(file).matchAll(/(?:\(|^ +)"(\d+) /gm)].map(([, number]) => Number(number));

it("every attack of the list has a test that bears its number", () => {
  expect(LINES.map(({ number }) => number)).toEqual(Array.from({ length: 45 }, (_, at) => at + 1));
  for (const { number, file } of LINES) expect(numbersIn(file), file).toContain(number);
});

it("every numbered test is of an attack of the list", () => {
  for (const file of readdirSync(new URL(".", import.meta.url))) {
    if (!file.endsWith(".test.ts")) continue;
    const listed = LINES.filter((line) => line.file === file).map(({ number }) => number);
    expect(listed, file).toEqual(expect.arrayContaining([...numbersIn(file)]));
  }
});
