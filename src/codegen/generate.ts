import { Declarations } from "./declarations.ts";
import { FileText } from "./file-text.ts";
import { readRequest } from "./read-request.ts";

export interface GeneratedFile {
  /** Relative to the output's top: `dir/library.capnp.ts`; or where `places` says. */
  readonly path: string;
  readonly text: string;
  /** The generated files that it imports, as `path` has them. */
  readonly imports: readonly string[];
}

/**
 * Compiles what `capnp compile -o-` writes into TypeScript: one file for each schema that was named
 * on its command line. `places` says in that order beside what each is written; by default beside
 * the schema's path below the output's top, which lacks the folders `capnp` was told to look in.
 * @throws CodegenError
 */
export function generate(
  request: Uint8Array,
  places: readonly string[] = [],
): readonly GeneratedFile[] {
  const schema = readRequest(request, places);
  const declarations = new Declarations(schema);
  return schema.files.map((file) => {
    const { text, imports } = new FileText(file, schema, declarations).generated();
    return { path: `${file.place}.ts`, text, imports };
  });
}
