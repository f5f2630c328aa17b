import { HandfastError } from "../base/index.ts";

/** What stood in the way of generated code. */
export type CodegenErrorCode =
  /** Not a CodeGeneratorRequest, or one of a compiler whose schema language is newer than ours. */
  | "REQUEST_INVALID"
  /** Two declarations would have one name in TypeScript; an annotation can rename either. */
  | "NAME_COLLISION"
  /** An annotation chooses a name that nothing there can have. */
  | "NAME_INVALID"
  /** The request names a declaration that it does not hold. */
  | "NODE_MISSING"
  /** There is no `capnp` on the PATH. */
  | "COMPILER_MISSING"
  /** `capnp` found mistakes in a schema: the message is what it says of them, a line each. */
  | "SCHEMA_INVALID"
  /** A schema is not where it was said to be, or is no file. */
  | "SCHEMA_MISSING"
  /** The file system refuses what was generated. */
  | "OUTPUT_UNWRITABLE"
  /** `handfast gen --check`: what is generated is not what is there. */
  | "STALE";

/** Why no TypeScript was generated: the schema, or what `capnp` made of it, is at fault. */
export class CodegenError extends HandfastError<CodegenErrorCode> {
  constructor(code: CodegenErrorCode, message: string, cause?: unknown) {
    super(code, message, { blame: "caller", cause });
  }
}

/** What to throw when a request says something that this schema language has no word for. */
export const newerThanThis = (what: string): CodegenError =>
  new CodegenError("REQUEST_INVALID", `${what} is of a kind that is newer than this compiler`);
