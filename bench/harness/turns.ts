import { type Pin } from "./machine.ts";
import { type Kind, MissingPeer, Pair } from "./pair.ts";
import { type Metric, type Row, Samples } from "./samples.ts";

/** What one invocation of the bench was asked for, and what went wrong in it. */
export interface Run {
  /** Only shows that everything works; the figures mean little. */
  readonly quick: boolean;
  /** That count. */
  readonly rounds: number;
  /** Of each measurement. */
  readonly ms: number;
  readonly pins: readonly Pin[];
  /** The peers to run. Default: all. */
  readonly only: ReadonlySet<string> | undefined;
  /** Says what is going on. */
  progress(text: string): void;
  /** A peer that cannot run here. */
  missing(peer: string, why: string): void;
  /** A crash or a wrong answer: the bench goes on, and fails in the end. */
  failed(what: string, error: unknown): void;
}

export interface Suite {
  readonly name: string;
  /** What it shows, in a sentence or two of Markdown. */
  readonly about: string;
  /** About how long it takes on a machine that is quiet, in milliseconds. */
  estimateMs(run: Run): number;
  run(run: Run): Promise<readonly Row[]>;
}

export type Note = (metric: Metric, value: number) => void;

export interface Case {
  readonly name: string;
  /** Also measured with both processes on one core. */
  readonly alsoOnOneCore?: boolean;
  /** Takes so long that one round must do. */
  readonly onlyOnce?: boolean;
  /** Leaves out what the peer does not support. */
  measure(pair: Pair, note: Note): Promise<void>;
}

export interface Turns {
  readonly suite: string;
  readonly kind: Kind;
  readonly peers: readonly string[];
  readonly cases: readonly Case[];
}

/**
 * Measures every case with every peer, in rounds: within each round the peers take turns at each
 * case, so that what disturbs the machine disturbs all of them.
 */
export async function takeTurns(run: Run, turns: Turns): Promise<readonly Row[]> {
  const { suite, kind, cases } = turns;
  const samples = new Samples(suite);
  const pairs = await openPairs(run, kind, turns.peers);
  try {
    for (const pin of run.pins) {
      for (const pair of pairs) pair.pin(pin);
      const here = cases.filter(({ alsoOnOneCore }) => pin !== "one" || alsoOnOneCore === true);
      for (let round = 0; round < run.rounds; round += 1) {
        run.progress(`${suite}, ${inWords(pin)}: round ${round + 1} of ${run.rounds}`);
        for (const each of here) {
          if (each.onlyOnce === true && round !== 0) continue;
          const name = pin === "one" ? `${each.name},pin=one` : each.name;
          for (const pair of [...pairs]) {
            const note: Note = (metric, value) => {
              samples.add(name, pair.peer, metric, value);
            };
            try {
              for (let left = warmUps(run, each, round); left > 0; left -= 1) {
                await each.measure(pair, () => {});
              }
              await each.measure(pair, note);
            } catch (error) {
              run.failed(`${pair.peer}, ${suite} ${each.name}`, error);
              pairs.delete(pair); // who knows what state it is in
              pair.close();
            }
          }
        }
      }
    }
  } finally {
    for (const pair of pairs) pair.close();
  }
  return samples.rows();
}

/**
 * Measurements that do not count: processes that sat still while others had their turn are slow to
 * begin with, and what a process does for the first time is compiled after a second of it.
 */
function warmUps({ quick }: Run, { onlyOnce }: Case, round: number): number {
  if (quick || onlyOnce === true) return 0;
  return round === 0 ? FIRST_WARM_UPS : 1;
}

const FIRST_WARM_UPS = 4;

/** About how long so many cases take, of which some are measured on one core too. */
export function turnsMs(
  { quick, rounds, ms, pins, only }: Run,
  peers: readonly string[],
  cases: { readonly all: number; readonly alsoOnOneCore: number },
): number {
  const count = peers.filter((peer) => only?.has(peer) !== false).length;
  const measured = pins.map((pin) => (pin === "one" ? cases.alsoOnOneCore : cases.all));
  const each =
    measured.reduce((sum, some) => sum + some, 0) *
    (quick ? rounds : 2 * rounds + FIRST_WARM_UPS - 1);
  return count * (START_MS + each * (ms + TURN_MS));
}

/** To start both processes of a pair and connect them, and to end them. */
const START_MS = 700;
/** Between two measurements. */
const TURN_MS = 20;

const inWords = (pin: Pin): string =>
  ({ one: "both on one core", two: "one core each", none: "not pinned" })[pin];

/** Those that can run here, connected. */
export async function openPairs(
  run: Run,
  kind: Kind,
  peers: readonly string[],
): Promise<Set<Pair>> {
  const pairs = new Set<Pair>();
  for (const peer of peers) {
    if (run.only?.has(peer) === false) continue;
    let pair: Pair | undefined;
    try {
      pair = await Pair.open(kind, peer);
      await pair.connect();
      pairs.add(pair);
    } catch (error) {
      pair?.close();
      if (error instanceof MissingPeer) run.missing(peer, error.message);
      else run.failed(peer, error);
    }
  }
  return pairs;
}
