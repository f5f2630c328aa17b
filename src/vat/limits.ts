import { MAX_MESSAGE_BYTES } from "../capnp/index.ts";
import { DEFAULT_LIMITS, type NetLimits } from "../net/index.ts";
import { DEFAULT_RPC_LIMITS, type RpcLimits } from "../rpc/index.ts";

/** Everything a vat's peers may cost. The rooms below say what each is and where it comes from. */
export interface VatLimits {
  /** Sockets, handshakes and records (`net/limits.ts`). */
  readonly net: NetLimits;
  /** Calls and capabilities of one connection (`rpc/limits.ts`). */
  readonly rpc: RpcLimits;
  /** Bytes of one message that is received (`capnp/limits.ts`). */
  readonly messageBytes: number;
  /** From a message's first byte to its last. */
  readonly frameMs: number;
}

/** Those that differ from the defaults. */
export interface VatLimitOptions {
  readonly net?: Partial<NetLimits> | undefined;
  readonly rpc?: Partial<RpcLimits> | undefined;
  readonly messageBytes?: number | undefined;
  readonly frameMs?: number | undefined;
}

const FRAME_MS = 60_000; // ours: the largest message at 9 Mbit/s

export function vatLimits({ net, rpc, messageBytes, frameMs }: VatLimitOptions = {}): VatLimits {
  return {
    net: { ...DEFAULT_LIMITS, ...net },
    rpc: { ...DEFAULT_RPC_LIMITS, ...rpc },
    messageBytes: messageBytes ?? MAX_MESSAGE_BYTES,
    frameMs: frameMs ?? FRAME_MS,
  };
}
