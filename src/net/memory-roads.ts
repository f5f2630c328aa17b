import { type AnonymousPeer, ByteQueue, type Clock } from "../base/index.ts";
import { realClock } from "./clock.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { memoryPair } from "./memory-pair.ts";
import { PlainOpener, PlainSealer } from "./plain-records.ts";
import { UnknownPeer } from "./road-peer.ts";
import { SecureSocket } from "./secure-socket.ts";

export interface MemoryRoadsOptions {
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
}

/** Two ends of a road within this process, whose peers prove nothing. */
export function memoryRoads(
  options: MemoryRoadsOptions = {},
): readonly [SecureSocket<AnonymousPeer>, SecureSocket<AnonymousPeer>] {
  const { clock = realClock } = options;
  const limits = withDefaults(options.limits);
  const [near, far] = memoryPair();
  const road = (wire: typeof near) =>
    new SecureSocket<AnonymousPeer>({
      wire,
      peer: new UnknownPeer("memory", "memory"),
      session: { sealer: new PlainSealer(), opener: new PlainOpener() },
      early: new ByteQueue(),
      limits,
      clock,
    });
  return [road(near), road(far)];
}
