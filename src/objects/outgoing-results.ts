import { ContentBuilder, locate } from "../capnp/index.ts";
import { type Payload, type TurnQueue } from "../rpc/index.ts";
import { type Method } from "./interface-definition.ts";
import { CHECKED_ONLY, OutgoingCapabilities } from "./outgoing-capabilities.ts";

/** The results of a method, built where they will be sent from. */
export interface OutgoingResults {
  readonly content: ContentBuilder;
  /** To be disposed of unless {@link payloadOf} takes them. */
  readonly capabilities: OutgoingCapabilities;
  /** The builder, for a method that fills its results in place. */
  readonly root: unknown;
}

/** Those that `init` describes, or without it empty ones to be filled. Throws what `init` is not fit for. */
export function outgoingResults(
  { results }: Method,
  turns: TurnQueue,
  init?: object,
): OutgoingResults {
  const content = new ContentBuilder("return");
  const capabilities = new OutgoingCapabilities(turns);
  try {
    if (init === undefined) {
      return { content, capabilities, root: content.root(results, capabilities) };
    }
    content.fill(results, init, capabilities);
    return { content, capabilities, root: undefined };
  } catch (error) {
    capabilities.dispose();
    if (init === undefined) throw error;
    throw locate(error, results, init, "results", CHECKED_ONLY);
  }
}

/** Hands them over to whoever sends them. */
export function payloadOf({ content, capabilities }: OutgoingResults): Payload {
  return { content, caps: capabilities.take() };
}
