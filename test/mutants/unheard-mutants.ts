import { type Mutant } from "./mutants.ts";

/** Ways to get wrong what becomes of calls that do not leave, or are not taken. */
export const unheardMutants: readonly Mutant[] = [
  {
    rule: "a kept call that fails lets go of its results once",
    file: "src/rpc/question.ts",
    from: 'if (this.returning === "kept") this.returning = "here"; // the peer has nothing to keep',
    to: "",
  },
  {
    rule: "a refused call that was to keep its results is said to have kept them",
    file: "src/rpc/answer.ts",
    from: "      this.#kept(releaseParamCaps);\n      return;",
    to: "",
  },
  {
    rule: "what names the results of a call that never left is broken",
    file: "src/rpc/retraction.ts",
    from: "if (!params.capTable.some((cap) => this.#isUnheard(cap))) return call;",
    to: "if (params) return call;",
  },
  {
    rule: "parameters of a refused call come back though nobody looks at its Return",
    file: "src/rpc/incoming-calls.ts",
    from: "if (message.onlyPromisePipeline) this.#adoption.decline(params.capTable);",
    to: "",
  },
  {
    rule: "only a peer that says so is asked to keep results",
    file: "src/rpc/connection.ts",
    from: "this.peerKeepsResults ||= message.keepsResults === true;",
    to: "this.peerKeepsResults = true;",
  },
];
