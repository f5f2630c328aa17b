import { describe, expect, it } from "vitest";
import { chart } from "../../bench/harness/chart.ts";
import { withSection } from "../../bench/harness/results.ts";
import { type Row, Samples } from "../../bench/harness/samples.ts";
import { shortNumber, tables } from "../../bench/harness/table.ts";
import { judge, type Place, targetTable } from "../../bench/harness/targets.ts";

const rowsOf = (...values: readonly (readonly [peer: string, value: number])[]) => {
  const samples = new Samples("calls");
  for (const [peer, value] of values) samples.add("depth=1,payload=0", peer, "calls/s", value);
  return samples.rows();
};
const place = (peer: string): Place => ["calls", "depth=1,payload=0", peer, "calls/s"];

describe("samples", () => {
  it("become a row with the median, the least and the greatest of all runs", () => {
    expect(rowsOf(["handfast", 30], ["handfast", 10], ["handfast", 20.4567])).toEqual([
      {
        suite: "calls",
        case: "depth=1,payload=0",
        peer: "handfast",
        metric: "calls/s",
        unit: "1/s",
        median: 20.46,
        min: 10,
        max: 30,
        runs: 3,
      },
    ]);
  });

  it("of an even number have the mean of the middle two as their median", () => {
    expect(rowsOf(["a", 1], ["a", 100], ["a", 2], ["a", 4])[0]?.median).toBe(3);
  });

  it("are numbers", () => {
    expect(() => rowsOf(["a", Number.NaN])).toThrow("a depth=1,payload=0: calls/s is NaN");
  });
});

describe("tables", () => {
  it("have a line for each peer, a column for each case, and a dash where nothing was measured", () => {
    const samples = new Samples("bulk");
    samples.add("in,size=65536", "handfast", "MB/s", 900);
    samples.add("in,size=65536", "handfast", "MB/s", 1100);
    samples.add("out", "handfast", "MB/s", 2);
    samples.add("in,size=65536", "capnp-cpp", "MB/s", 12_345);
    expect(tables(samples.rows())).toBe(
      [
        "| MB/s      | in,size=65536 |  out |",
        "| --------- | ------------: | ---: |",
        "| handfast  |    1,000 ±10% | 2.00 |",
        "| capnp-cpp |        12,350 |    – |",
      ].join("\n"),
    );
  });

  it("give three digits of a number", () => {
    expect([0, 0.123, 12.34, 123.4, 1234.5].map(shortNumber)).toEqual([
      "0.00",
      "0.12",
      "12.3",
      "123",
      "1,235",
    ]);
  });
});

describe("targets", () => {
  const rows = rowsOf(["handfast", 100], ["other", 40]);

  it("are met by a ratio that is high enough", () => {
    const target = { about: "", figure: place("handfast"), against: place("other") };
    expect(judge({ ...target, atLeast: 2.5 }, rows)).toMatchObject({ ratio: 2.5, met: true });
    expect(judge({ ...target, atLeast: 2.51 }, rows)).toMatchObject({ met: false });
    expect(judge({ ...target, atMost: 2.49 }, rows)).toMatchObject({ met: false });
  });

  it("may be counted from a third figure", () => {
    const [figure, against, above] = [place("handfast"), place("other"), place("floor")] as const;
    const three = [...rows, ...rowsOf(["floor", 20])];
    expect(judge({ about: "", figure, against, above, atLeast: 4 }, three)).toMatchObject({
      ratio: 4,
      met: true,
    });
  });

  it("that nobody measured are neither met nor missed", () => {
    const missing = { about: "nobody", figure: place("nobody"), atLeast: 1 };
    expect(judge(missing, rows)).toBeUndefined();
    const against = { about: "against", figure: place("handfast"), against: place("nobody") };
    expect(judge(against, rows)).toBeUndefined();
    expect(targetTable([missing], rows)).toContain("| not measured |");
  });

  it("stand in a table with their figures", () => {
    const targets = [
      { about: "fast", figure: place("handfast"), against: place("other"), atLeast: 2 },
      { about: "small", figure: place("handfast"), atMost: 99 },
    ];
    expect(targetTable(targets, rows)).toBe(
      [
        "| target |      figure | against     | ratio | wanted | met    |",
        "| ------ | ----------: | ----------- | ----: | -----: | ------ |",
        "| fast   | 100 calls/s | other: 40.0 |  2.50 | ≥ 2.00 | yes    |",
        "| small  | 100 calls/s | –           |     – |   ≤ 99 | **no** |",
      ].join("\n"),
    );
  });
});

describe("charts", () => {
  const bar = (peer: string, median: number): Row => ({
    ...{ suite: "s", case: "a<b", metric: "ms", unit: "ms", runs: 2 },
    ...{ peer, median, min: median / 2, max: median * 2 },
  });

  it("draw each median to the scale of the greatest figure of its panel", () => {
    const svg = chart("s", [bar("handfast", 10), bar("other", 5)]);
    const widths = Array.from(svg.matchAll(/<rect [^>]*width="([\d.]+)"/g), ([, width]) =>
      Number(width),
    );
    expect(widths).toEqual([280, 140]); // 560 for the greatest, 20
    expect(svg).toContain('class="ours"');
    expect(svg).toContain("a&lt;b: ms");
  });

  it("can be read on a light and on a dark page", () => {
    const svg = chart("s", [bar("handfast", 10)]);
    expect(svg).toContain("prefers-color-scheme:dark");
    expect(svg).not.toMatch(/<rect width="860"/); // no ground of their own
  });
});

describe("a generated section", () => {
  it("replaces what stood between its markers, and only that", () => {
    const text = "a\n<!-- x: generated -->\nold\n<!-- x: end -->\nb\n";
    const once = withSection(text, "x", ["new", "table"]);
    expect(once).toBe("a\n<!-- x: generated -->\n\nnew\n\ntable\n\n<!-- x: end -->\nb\n");
    expect(withSection(once, "x", ["new", "table"])).toBe(once);
  });

  it("needs its place", () => {
    expect(() => withSection("nothing", "x", [])).toThrow("no place for x");
  });
});
