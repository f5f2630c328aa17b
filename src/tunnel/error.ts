import { HandfastError } from "../base/index.ts";

/**
 * `FAR_END_FAILED`: the peer closed the connection and said why; often its service is down.
 * `OTHER_END_GONE`: one of the two joined connections was cut, and so was the other.
 */
export type TunnelErrorCode = "FAR_END_FAILED" | "OTHER_END_GONE";

/** Why a tunnelled connection was cut rather than ended. */
export class TunnelError extends HandfastError<TunnelErrorCode> {
  constructor(code: TunnelErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: code === "FAR_END_FAILED" ? "peer" : "network", cause });
  }
}
