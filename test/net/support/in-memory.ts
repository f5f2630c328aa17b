import { type Duplex } from "node:stream";
import { type NetLimits } from "../../../src/net/index.ts";
import { acceptWire } from "../../../src/net/accept.ts";
import { type DialOptions, dialWire } from "../../../src/net/connect.ts";
import { DEFAULT_LIMITS } from "../../../src/net/limits.ts";
import { memoryPair } from "../../../src/net/memory-pair.ts";
import {
  generateEphemeral,
  generateSeed,
  KeyPair,
  offersOf,
  type Suite,
} from "../../../src/shs/index.ts";
import { NETWORK } from "./listening.ts";
import { DrivenRoad, withResolvers } from "./road.ts";
import { VirtualClock } from "./virtual-clock.ts";

/** Both ends of one road, the wires below them, and the clock of both. */
export interface RoadsInMemory {
  readonly clock: VirtualClock;
  readonly client: DrivenRoad;
  readonly server: DrivenRoad;
  readonly near: Duplex;
  readonly far: Duplex;
}

/** Two roads over one wire in memory, on a clock that stands still. */
export async function roadsInMemory(
  suite: Suite,
  options: Partial<NetLimits> = {},
  dialling: Pick<DialOptions, "committed"> = {},
  [near, far]: readonly [Duplex, Duplex] = memoryPair(),
): Promise<RoadsInMemory> {
  const clock = new VirtualClock();
  const limits = { ...DEFAULT_LIMITS, ...options };
  const keyPair = KeyPair.fromSeed(generateSeed());
  const { promise: accepted, resolve: accept } = withResolvers<DrivenRoad>();
  acceptWire(
    far,
    "memory",
    {
      keyPair,
      offers: offersOf(NETWORK, [suite]),
      admit: () => true,
      selfConnect: "refuse",
      limits,
      clock,
      ephemeral: generateEphemeral,
    },
    {
      spoke: () => true,
      accepted: (socket) => {
        accept(new DrivenRoad(socket));
      },
      refused: ({ error }) => {
        throw error as Error;
      },
    },
  );
  const socket = await dialWire(near, {
    address: { id: keyPair.id, host: "memory", port: 1, suite },
    keyPair: KeyPair.fromSeed(generateSeed()),
    network: NETWORK,
    limits,
    clock,
    ...dialling,
  });
  return { clock, client: new DrivenRoad(socket), server: await accepted, near, far };
}

/** Lets everything that is on its way in memory arrive. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
