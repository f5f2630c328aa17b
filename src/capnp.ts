/** `handfast/capnp`: what generated code stands on, and what one does with references and messages. */
export * from "./capnp/index.ts";
export * from "./objects/index.ts";
