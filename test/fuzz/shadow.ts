import { type Content, type Hook, type Path, RpcError } from "../../src/rpc/index.ts";

/** What the fuzzer knows of the world without asking the code under test. */
export type Shadow = ShadowObject | ShadowPromise | undefined;

/** An object, somewhere. */
export class ShadowObject {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** Something that will be known later; `undefined` at its end means broken or null. */
export class ShadowPromise {
  resolved = false;
  /** The call that it is a result of. */
  readonly of: CallContent | undefined;
  #to: Shadow;

  constructor(of?: CallContent) {
    this.of = of;
  }

  resolve(to: Shadow): void {
    if (this.resolved) throw new Error("the fuzzer resolved a promise twice");
    this.resolved = true;
    this.#to = endOf(to) === this ? undefined : to;
  }

  get to(): Shadow {
    return this.#to;
  }
}

export function endOf(shadow: Shadow): Shadow {
  let end = shadow;
  while (end instanceof ShadowPromise && end.resolved) end = end.to;
  return end;
}

/** How many capabilities results have. */
export const SLOTS = 2;

/** The outcome of a call, as far as the callee has decided it. */
export class ShadowAnswer {
  readonly slots: readonly ShadowPromise[];
  outcome: "none" | "returned" | "thrown" | "handed on" = "none";
  handedTo: ShadowAnswer | undefined;
  readonly call: CallContent;

  constructor(call: CallContent) {
    this.call = call;
    this.slots = Array.from({ length: SLOTS }, () => new ShadowPromise(call));
  }

  settle(outcome: ShadowAnswer["outcome"], shadows: readonly Shadow[]): void {
    this.outcome = outcome;
    for (const [index, slot] of this.slots.entries()) {
      if (!slot.resolved) slot.resolve(shadows[index]);
    }
  }

  /** What became of it, through all tail calls. */
  get end(): ShadowAnswer {
    return this.handedTo?.end ?? this;
  }
}

/** A reference in the hands of a vat, with what it must lead to. Each keeps its own order. */
export class Ref {
  static #next = 0;
  readonly id = (Ref.#next += 1);
  readonly hook: Hook;
  readonly shadow: Shadow;
  calls = 0;

  constructor(hook: Hook, shadow: Shadow) {
    this.hook = hook;
    this.shadow = shadow;
  }
}

/** The parameters of a call: what the callee needs in order to check the call. */
export class CallContent implements Content {
  readonly sizeWords = 1;
  readonly refId: number;
  readonly sequence: number;
  readonly target: Shadow;
  readonly args: readonly Shadow[];
  /** Its caller learns no more than that it may make the next, or that the stream has failed. */
  readonly streaming: boolean;
  readonly answer = new ShadowAnswer(this);
  delivered = false;
  /** The caller was told that it was never delivered. */
  disowned = false;

  constructor(ref: Ref, args: readonly Shadow[], streaming = false) {
    this.streaming = streaming;
    ref.calls += 1;
    this.refId = ref.id;
    this.sequence = ref.calls;
    this.target = ref.shadow;
    this.args = args;
  }

  capabilityAt(path: Path): number {
    return slotAt(path);
  }
}

export class ResultContent implements Content {
  readonly sizeWords = 1;
  readonly shadows: readonly Shadow[];

  constructor(shadows: readonly Shadow[]) {
    this.shadows = shadows;
  }

  capabilityAt(path: Path): number {
    return slotAt(path);
  }
}

function slotAt(path: Path): number {
  const slot = path[0];
  if (slot === undefined || path.length > 1) throw RpcError.failed("no such slot");
  return slot;
}
