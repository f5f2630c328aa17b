import { readFileSync } from "node:fs";

const README = new URL("README.md", import.meta.url);

/** A check that fails between some client and some server, and that is not ours to mend. */
export interface Quirk {
  readonly clients: readonly string[];
  readonly servers: readonly string[];
  readonly checks: readonly string[];
  readonly frequency: "always" | "sometimes";
}

/** The names of the checks, in order. */
export function readChecks(): readonly string[] {
  return rowsBelow("## Checks").map(([name]) => name!);
}

/** The names of the checks that run through a tunnel as well; each must be among the checks. */
export function readTunnelled(known: { readonly checks: readonly string[] }): readonly string[] {
  return rowsBelow("## Through a tunnel").flatMap(([checks]) => names(checks, known.checks));
}

/** The known quirks. A line that speaks of something unknown would excuse nothing: it throws. */
export function readQuirks(known: {
  readonly peers: readonly string[];
  readonly checks: readonly string[];
}): readonly Quirk[] {
  const peers = ["any", ...known.peers];
  return rowsBelow("## Quirks").map(([clients, servers, checks, frequency]) => ({
    clients: names(clients, peers),
    servers: names(servers, peers),
    checks: names(checks, known.checks),
    frequency: names(frequency, ["always", "sometimes"] as const)[0]!,
  }));
}

/** The body of the table below a heading: the cells of each row. */
function rowsBelow(heading: string): readonly (readonly string[])[] {
  const text = readFileSync(README, "utf8");
  const section = text.split(`\n${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  if (rows.length === 0) throw new Error(`README.md has no table below "${heading}"`);
  return rows.slice(2).map((row) => row.split("|").slice(1, -1).map(plain));
}

function plain(cell: string): string {
  return cell.replaceAll("`", "").trim();
}

function names<Name extends string>(cell: string | undefined, known: readonly Name[]): Name[] {
  return (cell ?? "").split(",").map((word) => {
    const name = known.find((one) => one === word.trim());
    if (name === undefined) throw new Error(`README.md: "${word.trim()}" is unknown`);
    return name;
  });
}
