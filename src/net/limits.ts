/** What a road may cost. Every limit of this folder, with its unit, its default and its reason. */
export interface NetLimits {
  /** From dialling to TCP's answer. */
  readonly connectMs: number;
  /** From TCP's accept to the first byte. */
  readonly silentMs: number;
  /** The whole handshake, from the first byte to the last, however slowly they come. */
  readonly handshakeMs: number;
  /** From M3 to the moment at which every refusal, of whatever kind, hangs up. */
  readonly admitMs: number;
  /** Above this much unsent, `write` returns false. */
  readonly highWaterBytes: number;
  /** Above this much unsent the road is cut: its writer does not heed `write`'s answer. */
  readonly maxUnsentBytes: number;
  /** This much is sealed and sent at once instead of at the end of the turn. */
  readonly flushBytes: number;
  /** From our goodbye to the peer's; then the road is cut. */
  readonly lingerMs: number;
  /** From the later of both goodbyes to the end of the peer's TCP stream; then the road is cut. */
  readonly finMs: number;
  /** A road this quiet gets a ping, in suites that have one; also TCP's own keepalive. */
  readonly keepaliveMs: number;
  /** A peer this silent, where it would have answered a ping, is gone. */
  readonly idleMs: number;
  /** From a record's first byte to its last. */
  readonly recordMs: number;
  /** How long nothing may move of what is to be sent. */
  readonly writeMs: number;
  /** Pings and new keys in one second; above it the peer is cut off. */
  readonly maxPingsPerSecond: number;
  /**
   * Clients at one listener that have not yet shown that they are of our network. From half of it
   * on, newcomers push others out.
   */
  readonly maxSilent: number;
  /** Clients at one listener that have, and whose handshake is under way; the same goes for them. */
  readonly maxHandshakes: number;
  /** Both kinds, from one address or from one IPv6 network of /64. */
  readonly maxHandshakesPerAddress: number;
  /** So many bad handshakes in a row from one address, and it is turned away for `penaltyMs`. */
  readonly badHandshakes: number;
  readonly penaltyMs: number;
  /** Addresses that a listener remembers. */
  readonly maxTrackedAddresses: number;
  /** Handshakes and roads of one listener. */
  readonly maxConnections: number;
  /** Roads to one key at one listener. */
  readonly maxRoadsPerKey: number;
  /**
   * Ephemeral key pairs that this process makes ahead for its next handshakes; 0: none. Where one
   * snapshot of a machine is started more than once, two machines could use the same ones.
   */
  readonly pairsAhead: number;
}

export const DEFAULT_LIMITS: NetLimits = {
  connectMs: 10_000, // ours: two SYN retransmissions of Linux (1 s + 2 s + 4 s) fit
  silentMs: 15_000, // ours: whoever is hung up on comes back, which costs more than to let it wait
  handshakeMs: 5_000, // Scuttlebutt's servers give 5 s to each read; we give it to all of them
  admitMs: 1_000, // ours: a look-up in a database fits; refusals all take exactly this long
  highWaterBytes: 256 * 1024, // ours: four of the largest records
  maxUnsentBytes: 64 * 1024 * 1024, // ours: one of Cap'n Proto's largest messages by default
  flushBytes: 64 * 1024, // one record of the largest suite
  lingerMs: 5_000, // ours: as long as a handshake
  finMs: 5_000, // ours: as long as a goodbye
  keepaliveMs: 30_000, // below the 60 s after which many proxies forget a quiet connection
  idleMs: 90_000, // ours: three pings unanswered
  recordMs: 30_000, // ours: the largest record at 2 kB/s
  writeMs: 60_000, // ours: one high-water mark at 4 kB/s
  maxPingsPerSecond: 100, // ours: 3000 times what a keepalive needs; a key lasts 2²⁴ records
  maxSilent: 12_288, // three quarters of `maxConnections`; each costs little but its socket
  maxHandshakes: 1024, // ours: at 0.5 ms each, half a second's work
  maxHandshakesPerAddress: 64, // ours: a household or an office behind one address
  badHandshakes: 20, // ours: nobody mistypes a key so often
  penaltyMs: 60_000, // ours: long for a scanner, short for a person
  maxTrackedAddresses: 10_000, // ours: about 1 MB
  maxConnections: 16_384, // ours: below common limits of open files for servers
  maxRoadsPerKey: 16, // ours: a restarted peer, and several programs with one key
  pairsAhead: 64, // ours: as many handshakes as one address may have under way
};

/** The defaults with some of them replaced. */
export function withDefaults(limits: Partial<NetLimits> | undefined): NetLimits {
  return { ...DEFAULT_LIMITS, ...limits };
}
