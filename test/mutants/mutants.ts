/** One way to break a rule, and the tests that must notice. */
export interface Mutant {
  /** What the rule asks for, so that breaking it is the mutant. */
  readonly rule: string;
  readonly file: string;
  /** Exactly once in the file. */
  readonly from: string;
  readonly to: string;
  /** Default `test/rpc`. */
  readonly tests?: readonly string[];
}

const ENVELOPE = ["test/capnp/envelope.test.ts"];
const VAT = ["test/vat/connections.test.ts"];

/** By the rules of rpc.capnp and of C++ that are easiest to get wrong; several for some of them. */
export const mutants: readonly Mutant[] = [
  {
    rule: "an embargo is needed when a promise was called and turns out to be ours",
    file: "src/rpc/remote-hook.ts",
    from: "return this.called ? this.link.embargo(this.target, resolution) : resolution;",
    to: "return resolution;",
  },
  {
    rule: "an embargo is needed only when the promise was called",
    file: "src/rpc/remote-hook.ts",
    from: "return this.called ? this.link.embargo(this.target, resolution) : resolution;",
    to: "return this.link.embargo(this.target, resolution);",
  },
  {
    rule: "that a promise was called carries over to the promise it becomes",
    file: "src/rpc/remote-hook.ts",
    from: "if (end instanceof RemotePromise && this.called) end.wasCalled();",
    to: "",
  },
  {
    rule: "what the peer reflects needs an embargo even when it points back at the peer",
    file: "src/rpc/remote-hook.ts",
    from: "const mustWait = reflected || comesBack(end, this.link);",
    to: "const mustWait = comesBack(end, this.link);",
  },
  {
    rule: "after Resolve, an export forwards for ever to exactly what was described",
    file: "src/rpc/export.ts",
    from: "const end = strictly(resolution, this.#link);",
    to: "const end = resolution;",
  },
  {
    rule: "after Return, results forward for ever to exactly what was described",
    file: "src/rpc/answer.ts",
    from: "(cap) => cap && strictly(cap, link).retain()",
    to: "(cap) => cap?.retain()",
  },
  {
    rule: "resolutions are followed before a capability is described",
    file: "src/rpc/export.ts",
    from: "const end = strictly(hook, this.#link);\n    if (end instanceof RemoteTarget",
    to: "const end = hook;\n    if (end instanceof RemoteTarget",
  },
  {
    rule: "a Disembargo comes back only from where it points back",
    file: "src/rpc/reflection.ts",
    from: "} else if (end.settled) {",
    to: "} else if (false as boolean) {",
  },
  {
    rule: "the echo of a Disembargo waits until its target has resolved",
    file: "src/rpc/reflection.ts",
    from: "      this.#wait(end, embargoId);",
    to: `      this.#link.send({
        is: "disembargo",
        target: { is: "importedCap", id: 0 },
        context: { is: "receiverLoopback", embargoId },
      });`,
  },
  {
    rule: "there is one pipelined capability a path",
    file: "src/rpc/question.ts",
    from: "if (known !== undefined) return known.asPromise();",
    to: "",
  },
  {
    rule: "pipelines are resolved before the application's promise",
    file: "src/rpc/promise-hook.ts",
    from: `    this.resolvePipelines((path) => capabilityIn(payload, path, this.turns));
    super.settleReturned(payload);`,
    to: `    super.settleReturned(payload);
    this.resolvePipelines((path) => capabilityIn(payload, path, this.turns));`,
  },
  {
    rule: "Resolve adds no reference to the promise",
    file: "src/rpc/import.ts",
    from: 'entry.is = "resolved";',
    to: 'entry.is = "resolved";\n    entry.received += 1;',
  },
  {
    rule: "a late Resolve drops the replacement",
    file: "src/rpc/import.ts",
    from: "if (entry === undefined) {\n      resolution.release();\n      return;",
    to: "if (entry === undefined) {\n      return;",
  },
  {
    rule: "a broken replacement is not embargoed",
    file: "src/rpc/remote-hook.ts",
    from: "if (end.broken !== undefined || this.link.over !== undefined) return resolution;",
    to: "if (this.link.over !== undefined) return resolution;",
  },
  {
    rule: "a local promise that becomes another may keep its export without a Resolve",
    file: "src/rpc/export.ts",
    from: "if (local && !end.settled && !this.#byHook.has(end)) {",
    to: "if (false as boolean) {",
  },
  {
    rule: "a broken capability is sent as a promise, and its end at once",
    file: "src/rpc/export.ts",
    from: "if (end.broken !== undefined) return this.#describeBroken(end);",
    to: "",
  },
  {
    rule: "a question's id is free only when Return was received and Finish sent",
    file: "src/rpc/question.ts",
    from: 'if (!wasWaiting || this.returning === "never") this.end();',
    to: "this.end();",
  },
  {
    rule: "Disembargos leave before Finish",
    file: "src/rpc/question.ts",
    from: `    const settled = this.#targets === undefined ? payload : this.#resolve(payload, capTable);
    this.#endReturn();`,
    to: `    this.#endReturn();
    const settled = this.#targets === undefined ? payload : this.#resolve(payload, capTable);`,
  },
  {
    rule: "releaseResultCaps is said only before the Return came",
    file: "src/rpc/question.ts",
    from: "this.#asker.finish(this, this.releaseResultCaps);",
    to: "this.#asker.finish(this, true);",
  },
  {
    rule: "the capabilities in a Return that comes late are ignored",
    file: "src/rpc/questions.ts",
    from: 'if (question.is === "canceled")\n      question.end(); // Finish released whatever this Return brings\n    else if',
    to: "if",
  },
  {
    rule: "releaseResultCaps received releases exactly that Return's references",
    file: "src/rpc/answer.ts",
    from: "for (const id of this.#exported) this.#answerer.exports.release(id, 1);",
    to: "for (const id of this.#exported) this.#answerer.exports.release(id, 2);",
  },
  {
    rule: "a Return that could not be written has given nothing away",
    file: "src/rpc/answer.ts",
    from: "    this.#error = error;\n    this.#releaseExported();",
    to: "    this.#error = error;",
  },
  {
    rule: "a call that was let go of counts while it goes on behind a membrane",
    file: "src/rpc/membrane.ts",
    from: "return super.pending || this.#inner.pending;",
    to: "return super.pending;",
  },
  {
    rule: "parameters are released after the results were read, which may name them",
    file: "src/rpc/question.ts",
    from: "  releaseParamCaps = false;",
    to: `  get releaseParamCaps(): boolean {
    return false;
  }
  set releaseParamCaps(given: boolean) {
    if (given) this.#asker.exports.releaseParams(this.#paramExports);
  }`,
  },
  {
    rule: "releaseParamCaps is said only when it is meant",
    file: "src/rpc/answer.ts",
    from: "noFinishNeeded: boolean, releaseParamCaps = false): void {",
    to: "noFinishNeeded: boolean, releaseParamCaps = true): void {",
  },
  {
    rule: "releaseParamCaps is written although false: its default is true",
    file: "src/capnp/envelope-write.ts",
    from: "setBool(at, 32, releaseParamCaps, true);",
    to: "if (releaseParamCaps) setBool(at, 32, releaseParamCaps, true);",
    tests: ENVELOPE,
  },
  {
    rule: "canceled is returned only after Finish",
    file: "src/rpc/answer.ts",
    from: `    this.#error = error;
    this.#send({ is: "exception", exception: exceptionOf(error) }, false);`,
    to: `    this.#error = error;
    this.#send({ is: "canceled" }, false);`,
  },
  {
    rule: "a call that Finish has cancelled returns all the same",
    file: "src/rpc/answer.ts",
    from: 'if (underWay) this.#send({ is: "canceled" }, false);',
    to: "if (underWay) return;",
  },
  {
    rule: "results with capabilities never need no Finish",
    file: "src/rpc/questions.ts",
    from: "question.finishNeeded = !message.noFinishNeeded || capTable.length > 0;",
    to: "question.finishNeeded = !message.noFinishNeeded;",
  },
  {
    rule: "an exception never needs no Finish",
    file: "src/rpc/answer.ts",
    from: `    this.#error = error;
    this.#send({ is: "exception", exception: exceptionOf(error) }, false);`,
    to: `    this.#error = error;
    this.#send({ is: "exception", exception: exceptionOf(error) }, true);`,
  },
  {
    rule: "a stray Finish is ignored",
    file: "src/rpc/answers.ts",
    from: "if (answer === undefined) return false;",
    to: 'if (answer === undefined) throw violation("a stray Finish");',
  },
  {
    rule: "we need no early-cancellation workaround",
    file: "src/rpc/questions.ts",
    from: "requireEarlyCancellationWorkaround: false,",
    to: "requireEarlyCancellationWorkaround: true,",
  },
  {
    rule: "who needs the workaround is cancelled only at the end of the turn",
    file: "src/rpc/answers.ts",
    from: 'if (later && answer.is === "running") {',
    to: "if (false as boolean) {",
  },
  {
    rule: "calls for the pipeline only have ids of their own",
    file: "src/rpc/questions.ts",
    from: "const FIRST_UNANSWERED = 2 ** 31;",
    to: "const FIRST_UNANSWERED = 2 ** 30;",
  },
  {
    rule: "the Return of a call for the pipeline only is ignored",
    file: "src/rpc/questions.ts",
    from: "if (answerId >= FIRST_UNANSWERED) return false;",
    to: "",
  },
  {
    rule: "a call for the pipeline only is forwarded without the hint",
    file: "src/rpc/answer.ts",
    from: "  /** Call.sendResultsTo.yourself. */\n  readonly #keep: boolean;",
    to: "  readonly onlyPipeline = true;\n  readonly #keep: boolean;",
  },
  {
    rule: "results are taken once, and only those that were to be kept",
    file: "src/rpc/answer.ts",
    from: "if (!this.#keep || this.#taker !== undefined) return undefined;",
    to: "",
  },
  {
    rule: "kept results are said to be elsewhere",
    file: "src/rpc/answer.ts",
    from: 'this.#send({ is: "resultsSentElsewhere" }, false, releaseParamCaps);',
    to: 'this.#send({ is: "canceled" }, false);',
  },
  {
    rule: "a cancelled caller cancels the tail call",
    file: "src/rpc/tail-results.ts",
    from: "    this.#inner.release();",
    to: "",
  },
  {
    rule: "nothing is pipelined on an answer that was finished",
    file: "src/rpc/question.ts",
    from: "    this.#pins -= 1;\n    if (this.#pins === 0) this.#finishAndEnd();",
    to: "    this.#pins -= 1;\n    this.#finishAndEnd();",
  },
  {
    rule: "a call made after its target resolved goes to what it became",
    file: "src/rpc/remote-hook.ts",
    from: "    this.#target = undefined;\n    target.promise = undefined;",
    to: "    target.promise = undefined;",
  },
  {
    rule: "streaming calls of one caller to an object run one at a time",
    file: "src/objects/served-object.ts",
    from: "if (lane?.streaming === true) {",
    to: "if (lane?.streaming === undefined && lane !== undefined) {",
    tests: ["test/vat/calls.test.ts"],
  },
  {
    rule: "the first failure of a stream breaks the object for its caller",
    file: "src/objects/lane.ts",
    from: "if (!call.canceled) this.broken ??= error;",
    to: "",
    tests: ["test/vat/calls.test.ts"],
  },
  {
    rule: "dropping a streaming call does not take it back",
    file: "src/rpc/stream-window.ts",
    from: "    // The window holds the call: a stream with a hole is worth nothing.",
    to: "    this.#results.release();",
  },
  {
    rule: "the first failure of a stream ends it for its caller",
    file: "src/rpc/stream-window.ts",
    from: "this.#failure ??= error;",
    to: "",
  },
  {
    rule: "a promise takes its stream's window along",
    file: "src/rpc/remote-hook.ts",
    from: "if (place instanceof RemoteTarget) place.#window ??= this.#window;",
    to: "",
  },
  {
    rule: "at a limit reading goes on, or calls the other way would deadlock",
    file: "src/rpc/incoming-calls.ts",
    from: 'if (answers > 2 * maxAnswers) throw cutOff("questions");',
    to: 'if (answers > maxAnswers) throw cutOff("questions");',
  },
  {
    rule: "attachedFd stays 0xff",
    file: "src/capnp/envelope-write.ts",
    from: "      setU16(at, 0, CapTag[cap.is]);\n      setU32(at, 4, cap.id);",
    to: "      setU16(at, 0, CapTag[cap.is]);\n      setU32(at, 4, cap.id);\n      at.segment.bytes[at.data + 2] = 0xff;",
    tests: ENVELOPE,
  },
  {
    rule: "a road that fails ends what is read as well",
    file: "src/vat/driver.ts",
    from: "        this.#readAll();\n        this.#over(error);",
    to: "        this.#readAll();\n        void error;",
    tests: VAT,
  },
  {
    rule: "an error says once that it is remote",
    file: "src/rpc/exception-message.ts",
    from: "reason.startsWith(REMOTE) ? reason : REMOTE + reason;",
    to: "REMOTE + reason;",
  },
  {
    rule: "what is on its way is never written to",
    file: "src/capnp/payload.ts",
    from: "content.envelope === envelope && !content.arena.sealed",
    to: "content.envelope === envelope",
    tests: ENVELOPE,
  },
  {
    rule: "waiting calls leave before the Resolve that announces their target",
    file: "src/rpc/promise-hook.ts",
    from: `    for (let index = 0; index < (this.#queue?.length ?? 0); index += 1) {
      this.#queue?.[index]?.goOn(target);
    }
    this.#queue = undefined;
    this.#is = "resolved";
    if (target instanceof BrokenHook) {
      hook.release();
      this.become(target);
    } else {
      this.become(hook);
    }
    this.becameResolved();`,
    to: `    const queue = this.#queue ?? [];
    this.#queue = undefined;
    this.#is = "resolved";
    if (target instanceof BrokenHook) {
      hook.release();
      this.become(target);
    } else {
      this.become(hook);
    }
    for (const call of queue) call.goOn(target);
    this.becameResolved();`,
  },
  {
    rule: "results that contradict setPipeline wait or break",
    file: "src/rpc/local-call.ts",
    from: "this.#pipeline?.reconcile(results) ?? results",
    to: "results",
  },
  {
    rule: "a peer cannot say what only this end may say",
    file: "src/rpc/exception-message.ts",
    from: "CODE.test(code) && !LOCAL_CODES.has(code)",
    to: "CODE.test(code)",
  },
];
