export * from "./contract.ts";
export * from "./identity.ts";
