import { type Address } from "./address.ts";

/** One road to measure: how to listen, how to dial, and what a connection can do. */
export interface ChannelPeer {
  /** Resolves once it listens. */
  listen(accepted: (channel: Channel) => void): Promise<Address>;
  /** Is connected when it resolves. */
  dial(address: Address): Promise<Channel>;
}

export interface Channel {
  onData(take: (bytes: Uint8Array) => void): void;
  /** `false`: wait for {@link onceDrained}. */
  write(bytes: Uint8Array): boolean;
  onceDrained(go: () => void): void;
  close(): void;
  /** Bytes sent on the wire so far, when it is known. */
  wireBytes(): number | undefined;
}
