import { type Hook } from "../rpc/index.ts";
import { type CapabilitySource, type Client, type InterfaceType } from "../capnp/index.ts";
import { clientOf } from "./client.ts";
import { Reference } from "./reference.ts";

/** The capability table of a message being read. It owns the hooks; stubs look through it. */
export class ReceivedCapabilities implements CapabilitySource {
  readonly #slots: readonly (Slot | undefined)[];

  /** Takes over one reference to each hook; `gone` tells what a stub was, once disposed. */
  constructor(hooks: readonly (Hook | undefined)[], gone: string) {
    this.#slots = hooks.map((hook) =>
      hook === undefined ? undefined : { reference: new Reference(hook, gone), clients: [] },
    );
  }

  get size(): number {
    return this.#slots.length;
  }

  clientAt(index: number, type: InterfaceType): Client {
    const slot = this.#slots[index];
    if (slot === undefined) return type.nullClient;
    const known = slot.clients.find((entry) => entry.type === type);
    if (known !== undefined) return known.client;
    const client = clientOf(type, slot.reference);
    slot.clients.push({ type, client });
    return client;
  }

  /** The hook at an index, with a reference for the asker. */
  hookAt(index: number): Hook | undefined {
    return this.#slots[index]?.reference.hook?.retain();
  }

  dispose(): void {
    for (const slot of this.#slots) slot?.reference.release();
  }
}

interface Slot {
  readonly reference: Reference;
  readonly clients: { readonly type: InterfaceType; readonly client: Client }[];
}
