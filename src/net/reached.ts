import { type Socket } from "node:net";
import { type Clock, whenAborted } from "../base/index.ts";
import { NetError, systemError } from "./error.ts";

/** What ends the wait for a socket. */
export interface Patience {
  /** Where the socket leads, for the errors. */
  readonly target: string;
  readonly withinMs: number;
  /** What it means that the time is over. */
  readonly late: () => NetError;
  /** Gives the dial up. */
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

/**
 * Waits until a dialled socket has come as far as `event`. Rejects with `NetError`: `ABORTED`, what
 * `late` says, `HANDSHAKE_CUT` when the peer hung up, or what the system says; the socket is
 * destroyed then.
 */
export async function reached(
  socket: Socket,
  event: "connect" | "secureConnect",
  { target, withinMs, late, signal, clock }: Patience,
): Promise<void> {
  let failure: Error | undefined;
  let deafen = () => {};
  await new Promise<void>((resolve, reject) => {
    const settled = () => {
      cancelTimer();
      deafen();
      socket.off(event, arrived);
      socket.off("close", gone);
    };
    const fail = (error: NetError) => {
      settled();
      socket.destroy();
      reject(error);
    };
    const arrived = () => {
      settled();
      resolve();
    };
    const failed = (error: Error) => {
      failure = error;
      fail(systemError(error, target));
    };
    const gone = () => {
      fail(new NetError("HANDSHAKE_CUT", `${target} hung up`));
    };
    const cancelTimer = clock.after(withinMs, () => {
      fail(late());
    });
    const giveUp = () => {
      fail(new NetError("ABORTED", `${target}: the dial was given up`, { cause: signal?.reason }));
    };
    socket.once(event, arrived);
    socket.once("close", gone);
    socket.on("error", failed); // stays: there may be one before the next owner listens
    deafen = whenAborted(signal, giveUp);
  });
  // It may have broken since, in the same turn.
  if (socket.destroyed) throw systemError(failure ?? new Error("it was cut"), target);
}

/** The wait for TCP, or for a Unix-domain socket, to connect. */
export async function connected(
  socket: Socket,
  target: string,
  options: {
    readonly connectMs: number;
    readonly signal: AbortSignal | undefined;
    readonly clock: Clock;
  },
): Promise<void> {
  await reached(socket, "connect", {
    ...options,
    target,
    withinMs: options.connectMs,
    late: () => new NetError("CONNECT_TIMEOUT", `${target}: no answer in time`),
  });
}
