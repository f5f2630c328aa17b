/**
 * Where a call belongs in a distributed trace (W3C Trace Context, levels 1 and 2): the two headers
 * as text. This floor carries them from call to call and never looks inside.
 */
export interface TraceContext {
  /** Such as `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`. */
  readonly traceparent: string;
  /** What tracing vendors add: printable ASCII. */
  readonly tracestate?: string | undefined;
}

/** A header of version 00, as section 3.2 has it; later versions may be longer. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** Characters of a `traceparent` of version 00 (section 3.2.2). */
export const TRACEPARENT_LENGTH = 55;

/** Characters of a `tracestate` that everybody must be able to pass on (section 3.3.1.5). */
export const MAX_TRACESTATE_LENGTH = 512;

/** What a peer sent, if it is what it should be: anything else is no trace at all. */
export function traceContext(traceparent: string, tracestate: string): TraceContext | undefined {
  if (!TRACEPARENT.test(traceparent)) return undefined;
  const passedOn = tracestate !== "" && tracestate.length <= MAX_TRACESTATE_LENGTH;
  if (!passedOn || !/^[\x20-\x7e]*$/.test(tracestate)) return { traceparent };
  return { traceparent, tracestate };
}
