import { HandfastError } from "../base/index.ts";
import { realClock } from "../net/index.ts";
import { RpcError } from "../rpc/index.ts";
import { Probe } from "./probe.capnp.ts";

/** The peer lets nobody probe it: that is the default. */
export class NoProbeError extends HandfastError<"NO_PROBE"> {
  constructor(cause: unknown) {
    super("NO_PROBE", "the peer offers no probe", { blame: "peer", cause });
  }
}

/** What one peer may write to; its bytes are counted and dropped. */
export class CountingProbe extends Probe.Server {
  readonly #wrote: (bytes: number) => void;
  #received = 0;

  constructor(wrote: (bytes: number) => void) {
    super();
    this.#wrote = wrote;
  }

  override write({ bytes }: Probe.Write.Params) {
    this.#received += bytes.length;
    this.#wrote(bytes.length);
    return {};
  }

  override received() {
    return { bytes: BigInt(this.#received) };
  }
}

export interface Throughput {
  readonly bytes: number;
  readonly tookMs: number;
}

const CHUNK_BYTES = 64 * 1024; // one record of the largest suite
const WINDOW_CHUNKS = 64; // ours: 4 MiB under way fill 40 MB/s at a round trip of 100 ms

/**
 * Writes to a probe for so long, and counts what it says has arrived. Asks first, and writes
 * nothing to a peer that has no such thing: rejects with `NO_PROBE`.
 */
export async function measureThroughput(
  probe: Probe.Client,
  durationMs: number,
): Promise<Throughput> {
  try {
    await probe.received();
  } catch (error) {
    const isNone = error instanceof RpcError && error.code === "UNIMPLEMENTED";
    throw isNone ? new NoProbeError(error) : error;
  }
  const chunk = new Uint8Array(CHUNK_BYTES);
  const startedAtMs = realClock.now();
  const write = async () => {
    while (realClock.now() - startedAtMs < durationMs) await probe.write({ bytes: chunk });
  };
  await Promise.all(Array.from({ length: WINDOW_CHUNKS }, write));
  const { bytes } = await probe.received();
  return { bytes: Number(bytes), tookMs: realClock.now() - startedAtMs };
}
