export { StoreError, type StoreErrorCode } from "./error.ts";
export { readAnyKeyFile } from "./foreign-key-file.ts";
export { createKeyFile, readKeyFile, readOrCreateKeyFile } from "./key-file.ts";
