import { complaint, Program, run } from "./program.ts";

export type Verdict = { readonly is: "ok" } | { readonly is: "failed"; readonly why: string };

/** The commands of a client and a server who meet. */
export interface Pairing {
  readonly client: readonly string[];
  readonly server: readonly string[];
  /** Laid between the two, when they do not meet directly. */
  readonly between?: ((serverPort: number) => Promise<Passage>) | undefined;
}

/** A way to a server for clients that know nothing of it. */
export interface Passage {
  /** What the client dials in the server's stead. */
  readonly port: number;
  /** Ends it; says what went wrong on the way, if anything did. */
  close(): Promise<string | undefined>;
}

/** A runtime may take its time to load on a busy machine. */
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
/** Several times what a client needs when every check takes its full time. */
const CLIENT_TIMEOUT_MS = 15 * 60_000;

/**
 * Runs checks; apart from one another when one of them takes a program down. `all` says that there
 * are no others, so that a client tells of any that it has besides.
 */
export async function runPairing(
  pairing: Pairing,
  checks: readonly string[],
  { all }: { readonly all: boolean } = { all: true },
): Promise<ReadonlyMap<string, Verdict>> {
  const together = await meet(pairing, all ? [] : checks);
  const isWhole = checks.every((check) => together.verdicts.has(check));
  const whole = together.why === undefined && isWhole;
  // A server that one check has wedged answers none of those behind it.
  const lastWell = checks.findLastIndex((check) => together.verdicts.get(check)?.is === "ok");
  const wedged = checks.slice(lastWell + 1);
  if (whole && wedged.length < 2) return together.verdicts;

  const verdicts = new Map<string, Verdict>(whole ? together.verdicts : []);
  for (const check of whole ? wedged : checks) {
    const apart = await meet(pairing, [check]);
    const reported = apart.verdicts.get(check) ?? failed("the client does not know it");
    const died = apart.why !== undefined && reported.is === "ok";
    const silent = apart.why !== undefined && !apart.verdicts.has(check);
    verdicts.set(check, died || silent ? failed(apart.why) : reported);
  }
  return verdicts;
}

interface Meeting {
  readonly verdicts: ReadonlyMap<string, Verdict>;
  /** How a program went down, if one did. */
  readonly why: string | undefined;
}

/** Starts the server and has the client run the checks, or all it knows. */
async function meet(pairing: Pairing, checks: readonly string[]): Promise<Meeting> {
  const { client, server, between } = pairing;
  const host = new Program([...server, "serve"]);
  const port = (await host.says(/^listening (\d+)$/m, START_TIMEOUT_MS))?.[1];
  if (port === undefined) {
    const { why, stderr } = await host.end(STOP_TIMEOUT_MS);
    return { verdicts: new Map(), why: `the server ${why ?? "left"}: ${complaint(stderr)}` };
  }
  const passage = await between?.(Number(port));
  const command = [...client, "check", `127.0.0.1:${passage?.port ?? port}`, ...checks];
  const guest = await run(command, { timeoutMs: CLIENT_TIMEOUT_MS });
  const lost = await passage?.close();
  const hosted = await host.end(STOP_TIMEOUT_MS);

  const verdicts = readVerdicts(guest.stdout);
  const hasFailure = [...verdicts.values()].some(({ is }) => is === "failed");
  const expected = hasFailure ? "exited with 1" : undefined;
  if (hosted.why !== undefined)
    return { verdicts, why: `the server ${hosted.why}: ${complaint(hosted.stderr)}` };
  if (guest.why !== expected)
    return { verdicts, why: `the client ${guest.why ?? "left"}: ${complaint(guest.stderr)}` };
  return { verdicts, why: lost === undefined ? undefined : `the way between: ${lost}` };
}

/** Reads `ok <check>` and `FAIL <check>: <why>`. */
function readVerdicts(stdout: string): ReadonlyMap<string, Verdict> {
  const lines = stdout.matchAll(/^(?:ok ([a-z0-9-]+)|FAIL ([a-z0-9-]+): (.*))$/gm);
  return new Map(
    [...lines].map(([, passed, notPassed, why]): [string, Verdict] =>
      passed === undefined ? [notPassed!, failed(why!)] : [passed, { is: "ok" }],
    ),
  );
}

function failed(why: string): Verdict {
  return { is: "failed", why };
}
