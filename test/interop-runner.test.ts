import { describe, expect, it } from "vitest";
import { runPairing } from "./interop/pairing.ts";
import { type Passage } from "./interop/pairing.ts";
import { readChecks, readQuirks, readTunnelled } from "./interop/readme.ts";
import { judge } from "./interop/score.ts";

const OK = { is: "ok" } as const;
const FAILED = { is: "failed", why: "because" } as const;

/** A peer of a few lines: `serve` and `check` as the real ones do them, `body` in between. */
function peer(body: string): readonly string[] {
  const script = `
    const [mode, , ...wanted] = process.argv.slice(1);
    const checks = wanted.length > 0 ? wanted : ["one", "two", "three"];
    if (mode === "serve") {
      console.log("listening 1");
      process.stdin.resume().on("end", () => process.exit(0));
    } else {
      for (const check of checks) { ${body} }
    }`;
  return [process.execPath, "-e", script];
}

const SOUND = peer("console.log('ok ' + check)");
const CHECKS = ["one", "two", "three"];

describe("a pairing", () => {
  it("believes a client that ran every check", async () => {
    const verdicts = await runPairing({ client: SOUND, server: SOUND }, CHECKS);
    expect([...verdicts]).toEqual(CHECKS.map((check) => [check, OK]));
  });

  it("blames the check that takes the client down, and no other", async () => {
    const client = peer("if (check === 'two') process.exit(3); console.log('ok ' + check)");
    const verdicts = await runPairing({ client, server: SOUND }, CHECKS);
    expect(verdicts.get("one")).toEqual(OK);
    expect(verdicts.get("two")).toMatchObject({ is: "failed" });
    expect(verdicts.get("three")).toEqual(OK);
  });

  it("fails a check that passes but takes the server down", async () => {
    const server = [process.execPath, "-e", "console.log('listening 1'); process.exitCode = 4"];
    const verdicts = await runPairing({ client: SOUND, server }, ["one"]);
    expect(verdicts.get("one")).toMatchObject({
      is: "failed",
      why: expect.stringMatching(/server exited with 4/) as string,
    });
  });

  it("fails a check that the client leaves out", async () => {
    const client = peer("if (check !== 'three') console.log('ok ' + check)");
    const verdicts = await runPairing({ client, server: SOUND }, CHECKS);
    expect(verdicts.get("three")).toMatchObject({ is: "failed" });
  });
});

describe("a pairing with a passage between", () => {
  const passage = (lost?: string): Passage => ({ port: 2, close: () => Promise.resolve(lost) });
  const dialled = peer("console.log(process.argv[2] === '127.0.0.1:2' ? 'ok ' + check : 'FAIL')");

  it("has the client dial the passage, and run the wanted checks alone", async () => {
    const seen: number[] = [];
    const between = (port: number) => {
      seen.push(port);
      return Promise.resolve(passage());
    };
    const pairing = { client: dialled, server: SOUND, between };
    const verdicts = await runPairing(pairing, ["two"], { all: false });
    expect([...verdicts]).toEqual([["two", OK]]);
    expect(seen).toEqual([1]);
  });

  it("fails checks when the passage lost something", async () => {
    const between = () => Promise.resolve(passage("1 refused"));
    const pairing = { client: dialled, server: SOUND, between };
    const verdicts = await runPairing(pairing, ["two"], { all: false });
    expect(verdicts.get("two")).toEqual({ is: "failed", why: "the way between: 1 refused" });
  });
});

describe("a judgement", () => {
  const names = { client: "go", server: "cpp" };
  const quirk = { clients: ["go"], servers: ["any"], checks: ["one"] };

  it("excuses a failure only by a quirk of that pair and check", () => {
    const verdicts = new Map([
      ["one", FAILED],
      ["two", FAILED],
    ]);
    const judgements = judge(names, verdicts, ["one", "two"], [{ ...quirk, frequency: "always" }]);
    expect(judgements.get("one")).toMatchObject({ is: "known" });
    expect(judgements.get("two")).toMatchObject({ is: "failed" });
    const other = judge(
      { ...names, client: "rust" },
      verdicts,
      ["one"],
      [{ ...quirk, frequency: "always" }],
    );
    expect(other.get("one")).toMatchObject({ is: "failed" });
  });

  it("fails a quirk that is gone, unless it came only sometimes", () => {
    const verdicts = new Map([["one", OK]]);
    const judged = (frequency: "always" | "sometimes") =>
      judge(names, verdicts, ["one"], [{ ...quirk, frequency }]).get("one");
    expect(judged("always")).toMatchObject({ is: "failed" });
    expect(judged("sometimes")).toMatchObject({ is: "passed" });
  });

  it("fails a check that is not listed, and one that was not run", () => {
    const judgements = judge(names, new Map([["new", OK]]), ["one"], []);
    expect(judgements.get("new")).toMatchObject({ is: "failed" });
    expect(judgements.get("one")).toMatchObject({ is: "failed" });
  });
});

describe("README.md", () => {
  it("speaks only of peers and checks there are", () => {
    const checks = readChecks();
    expect(checks.length).toBeGreaterThan(0);
    expect(() => readQuirks({ peers: ["cpp", "go", "rust", "python"], checks })).not.toThrow();
    expect(() => readQuirks({ peers: ["cpp"], checks })).toThrow(/unknown/);
    expect(readTunnelled({ checks }).length).toBeGreaterThan(0);
    expect(() => readTunnelled({ checks: ["one"] })).toThrow(/unknown/);
  });
});
