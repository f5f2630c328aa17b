import { type Cap, type Client, type InterfaceType, type Servable } from "./interface-type.ts";

/** The capabilities a message being read refers to by index. */
export interface CapabilitySource {
  /** May throw `RpcError`. */
  clientAt(index: number, type: InterfaceType): Client;
}

/** Where a message being built puts its capabilities. */
export interface CapabilitySink extends CapabilitySource {
  add(value: Cap<Client, Servable>, type: InterfaceType): number;
  /** Enters a capability of another message, whatever its interface. May throw `RpcError`. */
  adopt(source: CapabilitySource, index: number): number;
}
