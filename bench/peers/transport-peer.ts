/** One road to measure: how to listen, how to dial, and what a connection can do. */
export interface TransportPeer {
  listen(accepted: (channel: Channel) => void): Promise<Door>;
  /** Dials what a door's `address` says, and is connected when it resolves. */
  dial(address: string): Promise<Channel>;
}

export interface Door {
  /** All that a client needs, as text, since it lives in another process. */
  readonly address: string;
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
