import { type Socket } from "node:net";
import { type AnonymousPeer, ByteQueue, type Clock } from "../base/index.ts";
import { realClock } from "./clock.ts";
import { type RoadOrigin } from "./diagnostics.ts";
import { type NetLimits, withDefaults } from "./limits.ts";
import { PlainOpener, PlainSealer } from "./plain-records.ts";
import { type UnknownPeer } from "./road-peer.ts";
import { SecureSocket } from "./secure-socket.ts";

export interface PlainRoadOptions {
  readonly limits?: Partial<NetLimits> | undefined;
  readonly clock?: Clock | undefined;
}

/** A road that proves nothing. Cutting it resets TCP, so that a cut never looks like an end. */
export type PlainRoad = SecureSocket<AnonymousPeer>;

/** A road over a socket that is connected: nothing is sealed. */
export function plainRoad(
  socket: Socket,
  peer: UnknownPeer,
  origin: RoadOrigin,
  options: PlainRoadOptions,
): PlainRoad {
  return new SecureSocket<AnonymousPeer>({
    wire: socket,
    origin,
    peer,
    session: { sealer: new PlainSealer(), opener: new PlainOpener() },
    early: new ByteQueue(),
    limits: withDefaults(options.limits),
    clock: options.clock ?? realClock,
  });
}
