export * from "./auth-context.ts";
export * from "./byte-queue.ts";
export * from "./bytes.ts";
export * from "./clock.ts";
export * from "./errors.ts";
export * from "./logger.ts";
export * from "./peer.ts";
export * from "./peer-id.ts";
