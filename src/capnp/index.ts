export { type CallContext } from "../rpc/index.ts";
export * from "./interface-type.ts";
export * from "./struct-type.ts";
