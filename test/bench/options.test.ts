import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Names, parseOptions, UsageError } from "../../bench/harness/options.ts";

const NAMES: Names = { suites: ["calls", "bulk"], peers: ["handfast", "capnp-cpp"] };

const refusal = (...args: readonly string[]): string => {
  try {
    parseOptions(args, NAMES);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return "none";
};

describe("the options of the bench", () => {
  it("are every suite and peer, three rounds and both pinnings by default", () => {
    expect(parseOptions([], NAMES)).toEqual({
      suites: ["calls", "bulk"],
      quick: false,
      json: undefined,
      peers: undefined,
      pins: ["two", "one"],
      rounds: 3,
      ms: 300,
      complete: true,
    });
    expect(parseOptions(["bulk", "--json", "out.json"], NAMES).complete).toBe(true);
    for (const arg of ["--quick", "--rounds=1", "--ms=5", "--peers=handfast", "--pin=one"]) {
      expect(parseOptions([arg, "--json=out.json"], NAMES).complete).toBe(false);
    }
  });

  it("may stand anywhere among the suites", () => {
    const args = ["bulk", "--quick", "--json", "out.json", "--peers", "handfast,capnp-cpp"];
    expect(parseOptions([...args, "--pin=one", "--rounds", "3", "--ms", "50"], NAMES)).toEqual({
      suites: ["bulk"],
      quick: true,
      json: "out.json",
      peers: ["handfast", "capnp-cpp"],
      pins: ["one"],
      rounds: 3,
      ms: 50,
      complete: false,
    });
  });

  it("are refused in one line that says what there is", () => {
    expect(refusal("call")).toBe("there is no suite 'call'; there are calls, bulk");
    expect(refusal("--peers", "handfast,x")).toBe(
      "there is no peer 'x'; there are handfast, capnp-cpp",
    );
    expect(refusal("--pin", "three")).toBe(
      "there is no --pin 'three'; there are both, one, two, none",
    );
    for (const wrong of ["0", "-1", "1.5", "many", ""]) {
      expect(refusal(`--rounds=${wrong}`)).toBe(
        `--rounds is a whole number above 0, not '${wrong}'`,
      );
    }
    expect(refusal("--ms=1e3")).toBe("--ms is a whole number above 0, not '1e3'");
    expect(refusal("--fast")).toMatch(/^Unknown option '--fast'/);
    expect(refusal("--fast")).not.toContain("\n");
    expect(refusal("--json")).not.toContain("\n");
  });

  it("that are wrong end the program with code 2 and one line, before anything is built", () => {
    const run = fileURLToPath(new URL("../../bench/run.ts", import.meta.url));
    const node = ["--conditions=@handfast/source", "--import", "tsx", run, "--pin", "three"];
    const { status, stdout, stderr } = spawnSync(process.execPath, node, { encoding: "utf8" });
    expect(stderr).toBe("bench: there is no --pin 'three'; there are both, one, two, none\n");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });
});
