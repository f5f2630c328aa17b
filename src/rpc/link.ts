import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { type BrokenHook } from "./broken-hook.ts";
import { type Hook, type Request, type Results } from "./hook.ts";
import { type RpcLimits } from "./limits.ts";
import { type Message, type MessageTarget } from "./messages.ts";
import { type TurnQueue } from "./turn-queue.ts";

/** A connection as its own table entries and hooks see it. */
export interface Link {
  readonly peer: Peer | AnonymousPeer;
  readonly turns: TurnQueue;
  /** Set once the connection is over: what everything at the peer has become. */
  readonly over: BrokenHook | undefined;
  /** The time that the owner told last, for people. */
  readonly nowMs: number;
  readonly limits: RpcLimits;
  /** Of all streaming calls under way; their windows keep it. */
  streamWords: number;
  /** Whether the peer is known to understand Call.sendResultsTo.yourself. */
  readonly peerKeepsResults: boolean;
  send(message: Message): void;
  /** Sends the call as a new question. */
  ask(target: MessageTarget, request: Request): Results;
  /**
   * Holds calls to `resolution`, whose reference it takes over, until all that was sent to `target`
   * has come round. Returns the hook that they wait in.
   */
  embargo(target: MessageTarget, resolution: Hook): Hook;
}
