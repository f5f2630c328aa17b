import { Declarations } from "./declarations.ts";
import { FileText } from "./file-text.ts";
import { readRequest } from "./read-request.ts";

export interface GeneratedFile {
  /** Relative to the output's top: `dir/library.capnp.ts`. */
  readonly path: string;
  readonly text: string;
  /** The generated files that it imports, relative to the output's top. */
  readonly imports: readonly string[];
}

/**
 * Compiles what `capnp compile -o-` writes into TypeScript: one file for each schema that was named
 * on its command line.
 * @throws CodegenError
 */
export function generate(request: Uint8Array): readonly GeneratedFile[] {
  const schema = readRequest(request);
  const declarations = new Declarations(schema);
  return schema.files.map((file) => {
    const { text, imports } = new FileText(file, schema, declarations).generated();
    return { path: `${file.filename}.ts`, text, imports };
  });
}
