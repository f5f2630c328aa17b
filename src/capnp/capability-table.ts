import { type Hook, type TurnQueue } from "../rpc/index.ts";
import { type Cap, type Client, type InterfaceType, type Servable } from "./interface-type.ts";

/** The capabilities a message being read refers to by index. */
export interface CapabilitySource {
  /** May throw `RpcError`. */
  clientAt(index: number, type: InterfaceType): Client;
  /**
   * The hook itself in the vat of these turns, with a reference for the asker; `undefined` for the
   * null capability.
   */
  hookAt(index: number, turns: TurnQueue): Hook | undefined;
  /** Gives every reference back; the stubs made from it fail from then on. */
  dispose(): void;
}

/** Where a message being built puts its capabilities. */
export interface CapabilitySink extends CapabilitySource {
  /** The index to write; `undefined` for the null capability, which is a null pointer. */
  add(value: Cap<Client, Servable>, type: InterfaceType): number | undefined;
  /** Enters a capability of another message, whatever its interface. May throw `RpcError`. */
  adopt(source: CapabilitySource, index: number): number | undefined;
}
