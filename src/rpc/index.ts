export * from "./call-context.ts";
export * from "./exception.ts";
export * from "./hook.ts";
export * from "./ids.ts";
export * from "./messages.ts";
export * from "./turn-queue.ts";
