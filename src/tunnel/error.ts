import { type Blame, HandfastError } from "../base/index.ts";

/** Which end of a tunnel went first. */
export type TunnelErrorCode =
  /** The peer closed the connection and said why; often its service is down. */
  | "FAR_END_FAILED"
  /** One of the two joined connections was cut, and so was the other. */
  | "OTHER_END_GONE";

/** Why a tunnelled connection was cut rather than ended. */
export class TunnelError extends HandfastError<TunnelErrorCode> {
  constructor(code: TunnelErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: BLAME[code], cause });
  }
}

const BLAME: Readonly<Record<TunnelErrorCode, Blame>> = {
  FAR_END_FAILED: "peer",
  OTHER_END_GONE: "network",
};
