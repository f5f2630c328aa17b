// node --import tsx test/interop/run.ts [--among-peers] [--only <peer>]… [--require-all] [--verbose]
//
// Every client against every server, and some of both through a tunnel. README.md says what each check
// claims and what is known to fail.

import { parseArgs } from "node:util";
import { type Suite } from "handfast";
import { type Pairing, runPairing } from "./pairing.ts";
import { PEERS, prepare, type Prepared } from "./peers.ts";
import { readChecks, readQuirks, readTunnelled } from "./readme.ts";
import { count, judge, type Judgement, type Names, type Result } from "./score.ts";
import { tableOf } from "./table.ts";
import { layTunnel, SUITES } from "./tunnel.ts";

/** The peer that is this project. */
const OURS = "handfast";

const { values: options } = parseArgs({
  options: {
    "among-peers": { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    "require-all": { type: "boolean", default: false },
    verbose: { type: "boolean", default: false },
  },
});
const names = PEERS.map(({ name }) => name);
const checks = readChecks();
const tunnelled = readTunnelled({ checks });
const quirks = readQuirks({ peers: names, checks });

async function main(): Promise<void> {
  const pairs = wantedPairs();
  if (pairs.length === 0) throw new Error("no pair of peers to run");
  const prepared = await prepareAll(pairs);
  const direct: Result[] = [];
  for (const pair of pairs) {
    const result = await resultOf(pair, prepared);
    report(result);
    direct.push(result);
  }
  const through: Result[] = [];
  for (const [index, pair] of pairs.filter(isTunnelled).entries()) {
    const result = await resultThrough(SUITES[index % SUITES.length]!, pair, prepared);
    report(result);
    through.push(result);
  }
  say(`\n${tableOf(direct, names)}\n`);
  if (through.length > 0) {
    say(`through handfast tunnel (${SUITES.join(", ")} in turn)\n${tableOf(through, names)}\n`);
  }

  const all = (is: Judgement["is"]) => count([...direct, ...through], is);
  const skipped = all("known") + all("absent");
  say(`${all("known")} known to fail (README.md, Quirks), ${all("absent")} for want of a peer`);
  say(`${all("passed")} passed, ${all("failed")} failed, ${skipped} skipped`);
  process.exitCode = all("failed") === 0 && all("passed") > 0 ? 0 : 1;
}

function wantedPairs(): readonly Names[] {
  const unknown = options.only.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no such peer: ${unknown.join(", ")}`);
  return names
    .flatMap((client) => names.map((server) => ({ client, server })))
    .filter((pair) => options["among-peers"] || includes(pair, OURS))
    .filter((pair) => options.only.every((name) => includes(pair, name)));
}

function includes({ client, server }: Names, name: string): boolean {
  return client === name || server === name;
}

/** The peers that know nothing of handfast's roads, and ours at the other end. */
function isTunnelled(pair: Names): boolean {
  return includes(pair, OURS) && (includes(pair, "cpp") || includes(pair, "go"));
}

async function prepareAll(pairs: readonly Names[]): Promise<ReadonlyMap<string, Prepared>> {
  const prepared = new Map<string, Prepared>();
  for (const peer of PEERS) {
    if (!pairs.some((pair) => includes(pair, peer.name))) continue;
    const state = await prepare(peer);
    say(`${peer.name} ${state.is}${state.is === "ready" ? "" : `: ${state.why}`}`);
    prepared.set(peer.name, state);
  }
  return prepared;
}

async function resultOf(pair: Names, prepared: ReadonlyMap<string, Prepared>): Promise<Result> {
  const commands = commandsOf(pair, prepared, checks);
  if ("judgements" in commands) return commands;
  const verdicts = await runPairing(commands, checks);
  return { ...pair, judgements: judge(pair, verdicts, checks, quirks) };
}

/** The server stands behind a tunnel of this suite, and the client does not know. */
async function resultThrough(
  suite: Suite,
  pair: Names,
  prepared: ReadonlyMap<string, Prepared>,
): Promise<Result> {
  const commands = commandsOf(pair, prepared, tunnelled);
  if ("judgements" in commands) return commands;
  const between = (port: number) => layTunnel(port, suite);
  const verdicts = await runPairing({ ...commands, between }, tunnelled, { all: false });
  return { ...pair, judgements: judge(pair, verdicts, tunnelled, quirks) };
}

/** The programs of a pair, or the result when one of them is not there. */
function commandsOf(
  pair: Names,
  prepared: ReadonlyMap<string, Prepared>,
  wanted: readonly string[],
): Pairing | Result {
  const client = prepared.get(pair.client)!;
  const server = prepared.get(pair.server)!;
  if (client.is !== "ready") return sameForAll(pair, client, wanted);
  if (server.is !== "ready") return sameForAll(pair, server, wanted);
  return { client: client.command, server: server.command };
}

function sameForAll(
  pair: Names,
  { is, why }: Exclude<Prepared, { is: "ready" }>,
  wanted: readonly string[],
): Result {
  const mustRun = is === "broken" || options["require-all"];
  const judgement: Judgement = { is: mustRun ? "failed" : "absent", why };
  return { ...pair, judgements: new Map(wanted.map((check) => [check, judgement])) };
}

function report({ client, server, judgements }: Result): void {
  for (const [check, judgement] of judgements) {
    if (judgement.is !== "failed" && !options.verbose) continue;
    const why = judgement.is === "passed" ? "" : `: ${judgement.why}`;
    say(`${judgement.is.padEnd(6)} ${client} → ${server}  ${check}${why}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main();
