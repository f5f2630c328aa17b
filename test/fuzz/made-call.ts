import {
  type Payload,
  releaseCaps,
  type Results,
  type ResultsSink,
  type RpcError,
} from "../../src/rpc/index.ts";
import { type CallContent, endOf, ResultContent, ShadowPromise } from "./shadow.ts";
import { Finding } from "./finding.ts";
import { type FuzzVat } from "./fuzz-vat.ts";

export class MadeCall implements ResultsSink {
  readonly results: Results;
  readonly content: CallContent;
  readonly #vat: FuzzVat;
  readonly #onlyPipeline: boolean;
  #outcome: "none" | "returned" | "failed" | "dropped" = "none";

  constructor(vat: FuzzVat, results: Results, content: CallContent, onlyPipeline: boolean) {
    this.#vat = vat;
    this.results = results;
    this.content = content;
    this.#onlyPipeline = onlyPipeline;
    results.whenReturned(this);
  }

  returned(payload: Payload): void {
    this.#happened("returned");
    if (this.content.streaming) {
      releaseCaps(payload);
      return;
    }
    const { end } = this.content.answer;
    if (end.outcome !== "returned") throw new Finding("a call returned that nobody answered");
    const { content, caps } = payload;
    if (!(content instanceof ResultContent)) throw new Finding("strange results");
    for (const [slot, shadow] of content.shadows.entries()) {
      if (shadow !== undefined && caps[slot] === undefined) throw new Finding("a result was lost");
      if (caps[slot] !== undefined) this.#vat.hold(caps[slot].retain(), shadow);
    }
    releaseCaps(payload);
  }

  failed(error: RpcError): void {
    this.#happened("failed");
    if (error.executed === "no") {
      if (this.content.delivered) throw new Finding("a call ran that was said not to have run");
      this.content.disowned = true;
    }
    if (this.#vat.world.lossy || this.content.streaming) return;
    if (!mayFail(this.content)) {
      throw new Finding(`a call failed for no reason: ${error.message}`);
    }
  }

  drop(): void {
    this.results.release();
    if (this.#outcome === "none") this.#outcome = "dropped";
  }

  expectOutcome(): void {
    if (this.#outcome === "none" && !this.#onlyPipeline) throw new Finding("a call had no outcome");
  }

  #happened(outcome: "returned" | "failed"): void {
    if (this.#outcome === "dropped") return; // what is pipelined on it keeps it going
    if (this.#outcome !== "none") throw new Finding(`a call ${outcome} and was ${this.#outcome}`);
    this.#outcome = outcome;
  }
}

/** Whether there is a reason for a call to fail. */
function mayFail(content: CallContent): boolean {
  const { call: last } = content.answer.end;
  const { answer, target } = last;
  if (answer.outcome === "thrown") return true;
  const end = endOf(target);
  if (end instanceof ShadowPromise) return end.of !== undefined && mayFail(end.of);
  return end === undefined;
}
