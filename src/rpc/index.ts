export * from "./broken-hook.ts";
export * from "./call-statistics.ts";
export * from "./connection.ts";
export * from "./connection-options.ts";
export * from "./exception.ts";
export * from "./hook.ts";
export * from "./ids.ts";
export * from "./local-hook.ts";
export { Membrane, type MembranePolicy, type Revocable, revocable } from "./membrane.ts";
export * from "./messages.ts";
export { mint, type MintTerms } from "./mint.ts";
export { type ConnectionDump, type ConnectionStats, type DumpOptions, tableOf } from "./inspect.ts";
export * from "./limits.ts";
export { type Action } from "./outbox.ts";
export {
  CAPABILITY_CONTENT,
  CapabilityContent,
  NO_CAPS,
  NoContent,
  releaseCaps,
  retainCaps,
} from "./payload.ts";
export { LocalResults, PromiseHook } from "./promise-hook.ts";
export { peerBehind } from "./remote-hook.ts";
export * from "./trace-context.ts";
export * from "./turn-queue.ts";
