import { type Caller, type Hook } from "./hook.ts";
import { type RpcLimits } from "./limits.ts";
import { type Message } from "./messages.ts";
import { type TurnQueue } from "./turn-queue.ts";

export interface ConnectionOptions {
  readonly turns: TurnQueue;
  /** On whose behalf the calls that arrive are made. */
  readonly caller: Caller;
  /** The root capability for this peer, with a reference; broken when nothing is offered. */
  readonly bootstrap: () => Hook;
  /** Told when there are actions to take, after there were none. */
  readonly wake: () => void;
  /** Those that differ from {@link DEFAULT_RPC_LIMITS}. */
  readonly limits?: Partial<RpcLimits> | undefined;
  readonly observer?: RpcObserver | undefined;
  /** The peer has not proven its key yet: see `Connection.takeEarlyActions`. */
  readonly early?: boolean | undefined;
  /** How dumps name methods. Default: by the numbers of the wire. */
  readonly methodName?: ((interfaceId: bigint, methodId: number) => string) | undefined;
  /** The time now, by the owner's clock. Default 0. */
  readonly nowMs?: number | undefined;
}

/** Told of what the protocol tolerates; must not call back into the connection. */
export interface RpcObserver {
  /** A message that has no effect: usually it crossed one of ours. */
  ignored?(message: Message): void;
}
