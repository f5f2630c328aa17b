export { CodegenError, type CodegenErrorCode } from "./codegen-error.ts";
export { type CompileOptions, compileSchemas } from "./compile-schemas.ts";
export { generate, type GeneratedFile } from "./generate.ts";
export { writeGenerated } from "./write-generated.ts";
