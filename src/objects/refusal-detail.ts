import { AuthError, type RefusalReason } from "../base/index.ts";
import { type ExceptionDetail, RpcError } from "../rpc/index.ts";

/** The id of the detail that carries a refusal's reason, in ASCII. Chosen at random. */
const REASON_DETAIL_ID = 0xb1d6c7a09e4f3528n;

const REASONS: Readonly<Record<RefusalReason, true>> = {
  missing: true,
  invalid: true,
  expired: true,
  insufficient_scope: true,
  unauthorized: true,
};

/** A refusal as the caller is told of it: its reason, and nothing of what lies behind it. */
export function refused(error: AuthError): RpcError {
  const detail: ExceptionDetail = {
    id: REASON_DETAIL_ID,
    data: new TextEncoder().encode(error.reason),
  };
  const options = { code: "PERMISSION_DENIED", details: [detail], cause: error } as const;
  return RpcError.failed(error.message, options);
}

/** Why a caller was refused, when that is what the error says; a peer's word, like all it says. */
export function refusalReason(error: unknown): RefusalReason | undefined {
  if (error instanceof AuthError) return error.reason;
  if (!(error instanceof RpcError)) return undefined;
  const data = error.details?.find(({ id }) => id === REASON_DETAIL_ID)?.data;
  const reason = data === undefined ? "" : new TextDecoder().decode(data);
  return isReason(reason) ? reason : undefined;
}

function isReason(text: string): text is RefusalReason {
  return Object.hasOwn(REASONS, text);
}
