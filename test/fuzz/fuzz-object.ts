import { type IncomingCall, LocalHook, type Servant } from "../../src/rpc/index.ts";
import { CallContent, endOf, ShadowObject } from "./shadow.ts";
import { Finding } from "./finding.ts";
import { type FuzzVat } from "./fuzz-vat.ts";

export class FuzzObject implements Servant {
  readonly shadow: ShadowObject;
  readonly hook: LocalHook;
  readonly #vat: FuzzVat;
  /** By reference: the last call to have arrived. */
  readonly #last = new Map<number, number>();

  constructor(name: string, vat: FuzzVat) {
    this.shadow = new ShadowObject(name);
    this.#vat = vat;
    this.hook = new LocalHook(vat.turns, this, name);
  }

  deliver(call: IncomingCall): void {
    const { content } = call.params;
    if (!(content instanceof CallContent)) throw new Finding("a call with strange parameters");
    const { refId, sequence, target } = content;
    const end = endOf(target);
    if (end !== this.shadow) {
      const meant = end instanceof ShadowObject ? end.name : end ? "a promise" : "nothing";
      throw new Finding(`a call to ${meant} arrived at ${this.shadow.name}`);
    }
    if (content.disowned) throw new Finding("a call arrived that was said not to run");
    if (content.delivered) throw new Finding("a call arrived twice");
    content.delivered = true;
    const last = this.#last.get(refId) ?? 0;
    if (sequence <= last) throw new Finding(`call ${sequence} of a reference came after ${last}`);
    this.#last.set(refId, sequence);
    this.#vat.took(call, content);
  }

  dropped(): void {
    throw new Finding(`${this.shadow.name} was dropped while it is held`);
  }
}
