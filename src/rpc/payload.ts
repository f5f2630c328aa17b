import { BrokenHook } from "./broken-hook.ts";
import { RpcError } from "./exception.ts";
import { type Hook, type Payload } from "./hook.ts";
import { CAPABILITY_WORDS } from "./limits.ts";
import { type Content, type Path } from "./messages.ts";
import { type TurnQueue } from "./turn-queue.ts";

/** The capability table of the many payloads that have none. */
export const NO_CAPS: readonly never[] = Object.freeze([]);

/** A payload whose root is itself a capability: the result of Bootstrap (rpc.capnp Return.results). */
export class CapabilityContent implements Content {
  readonly sizeWords = 1;
  /** Into the capability table. */
  readonly index = 0;

  capabilityAt(path: Path): number {
    if (path.length > 0) throw RpcError.failed("a capability has no fields to pipeline on");
    return this.index;
  }
}

/** The content of a payload that has none: a null struct. */
export class NoContent implements Content {
  readonly sizeWords = 0;

  capabilityAt(): undefined {
    return undefined;
  }
}

/** Results without anything in them. */
export const NO_RESULTS: Payload = { content: new NoContent(), caps: NO_CAPS };

export const CAPABILITY_CONTENT = new CapabilityContent();

/** One more reference to each capability. */
export function retainCaps(payload: Payload): Payload {
  const { caps } = payload;
  if (caps !== NO_CAPS) for (const cap of caps) cap?.retain();
  return payload;
}

/** What calls with these parameters count as while they are under way, in 8-byte words. */
export function callWords(content: Content, capabilities: number): number {
  return content.sizeWords + capabilities * CAPABILITY_WORDS;
}

/** Gives the references that the payload owns back. */
export function releaseCaps({ caps }: Payload): void {
  if (caps !== NO_CAPS) for (const cap of caps) cap?.release();
}

/** The capability that `path` leads to, with a reference; broken where there is none. */
export function capabilityIn(payload: Payload, path: Path, turns: TurnQueue): Hook {
  const index = indexIn(payload, path);
  if (index instanceof RpcError) return new BrokenHook(turns, index);
  return payload.caps[index]?.retain() ?? new BrokenHook(turns, nullCapability());
}

/** Where in the capability table `path` leads; an error when it does not lead there. */
export function indexIn({ content, caps }: Payload, path: Path): number | RpcError {
  try {
    const index = content.capabilityAt(path);
    if (index === undefined) return nullCapability();
    if (index < caps.length) return index;
    return RpcError.failed(`capability ${index} is not in the capability table`);
  } catch (error) {
    if (error instanceof RpcError) return error;
    return RpcError.failed("the path leads to no capability", { cause: error });
  }
}

export function nullCapability(): RpcError {
  return RpcError.failed("this is the null capability");
}
