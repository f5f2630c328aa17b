export { StoreError, type StoreErrorCode } from "./error.ts";
export { createKeyFile, readKeyFile, readOrCreateKeyFile } from "./key-file.ts";
