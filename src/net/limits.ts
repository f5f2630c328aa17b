/** What a road may cost. Every limit of this folder, with its unit, its default and its reason. */
export interface NetLimits {
  /** From dialling to TCP's answer. */
  readonly connectMs: number;
  /** The whole handshake, from the first byte to the last, however slowly they come. */
  readonly handshakeMs: number;
  /** From M3 to the moment at which every refusal, of whatever kind, hangs up. */
  readonly admitMs: number;
  /** Above this much unsent, `write` returns false. */
  readonly highWaterBytes: number;
  /** This much is sealed and sent at once instead of at the end of the turn. */
  readonly flushBytes: number;
  /** From our goodbye to the peer's; then the road is cut. */
  readonly lingerMs: number;
}

export const DEFAULT_LIMITS: NetLimits = {
  connectMs: 10_000, // ours: two SYN retransmissions of Linux (1 s + 2 s + 4 s) fit
  handshakeMs: 5_000, // Scuttlebutt's servers give 5 s to each read; we give it to all of them
  admitMs: 1_000, // ours: a look-up in a database fits; refusals all take exactly this long
  highWaterBytes: 256 * 1024, // ours: four of the largest records
  flushBytes: 64 * 1024, // one record of the largest suite
  lingerMs: 5_000, // ours: as long as a handshake
};

/** The defaults with some of them replaced. */
export function withDefaults(limits: Partial<NetLimits> | undefined): NetLimits {
  return { ...DEFAULT_LIMITS, ...limits };
}
