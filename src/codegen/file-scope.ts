import { posix } from "node:path";
import { type Declaration, type TypeParameter } from "./declaration.ts";
import { type Declarations } from "./declarations.ts";
import { quote } from "./lines.ts";
import { isOfNamespaces } from "./reserved-names.ts";
import { type Id, type RequestedFile, type Schema } from "./schema.ts";

/** Where a name is about to be written: it decides how much of a path must be spelt out. */
export interface Place {
  /** The namespaces around it, such as `["Library", "CheckoutBook"]`. */
  readonly path: readonly string[];
  readonly typeParameters: readonly TypeParameter[];
}

interface Import {
  readonly alias: string;
  readonly path: string;
  /** Whether a value is used, and not only types. */
  value: boolean;
}

const SELF = "$self";

/** How one generated file names declarations, its own and those of the files it imports. */
export class FileScope {
  readonly #file: RequestedFile;
  readonly #schema: Schema;
  readonly #imports = new Map<Id, Import>();
  /** The names that each namespace of this file declares, by the namespace's path. */
  readonly #declared = new Map<string, Set<string>>();
  #namesItself = false;

  constructor(file: RequestedFile, schema: Schema, declarations: Declarations) {
    this.#file = file;
    this.#schema = schema;
    this.#collect(declarations.ofFile(file.id));
  }

  /** The name of a declaration's namespace or type alias, as `place` must spell it. */
  type(target: Declaration, place: Place): string {
    const path = target.path.join(".");
    if (target.fileId !== this.#file.id) return `${this.#import(target, false)}.${path}`;
    if (!this.#isHidden(target.path[0] ?? "", place)) return path;
    this.#namesItself = true;
    return `${SELF}.${path}`;
  }

  /** The const that stands for a declaration. */
  value(target: Declaration): string {
    if (target.fileId === this.#file.id) return target.path.join("$");
    return `${this.#import(target, true)}.${target.path.join(".")}`;
  }

  /** The import declarations for all that was named so far. */
  importLines(): readonly string[] {
    const others = [...this.#imports.values()]
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ alias, path, value }) =>
        value
          ? `import * as ${alias} from ${quote(path)};`
          : `import type * as ${alias} from ${quote(path)};`,
      );
    const path = `./${posix.basename(this.#file.filename)}.ts`;
    const self = `import type * as ${SELF} from ${quote(path)};`;
    return this.#namesItself ? [...others, self] : others;
  }

  /** Whether modules must be evaluated before this one that may import it as well. */
  get importsValues(): boolean {
    return [...this.#imports.values()].some(({ value }) => value);
  }

  /** Whether a declaration is of another file. */
  isImported({ fileId }: Declaration): boolean {
    return fileId !== this.#file.id;
  }

  /** The files that those import, as `GeneratedFile.path` has them. */
  importedFiles(): readonly string[] {
    const here = posix.dirname(this.#file.place);
    return [...this.#imports.values()].map(({ path }) => posix.join(here, path));
  }

  #import({ fileId }: Declaration, value: boolean): string {
    const known = this.#imports.get(fileId);
    if (known) {
      known.value ||= value;
      return known.alias;
    }
    const path = this.#importPath(fileId);
    const stem = posix.basename(path, ".capnp.ts").replace(/[^A-Za-z0-9]+/g, "_");
    const aliases = new Set([...this.#imports.values()].map(({ alias }) => alias));
    // The `$` keeps it apart from all that a schema can declare.
    const start = /^[0-9]/.test(stem) ? `$${stem}$` : `${stem}$`;
    let alias = start;
    for (let n = 2; aliases.has(alias); n++) alias = `${start}${n}`;
    this.#imports.set(fileId, { alias, path, value });
    return alias;
  }

  /**
   * Where the file is written that is generated from the import. One that is not of this request is
   * taken to be generated at its place below the output's top: `/capnp/rpc.capnp` as
   * `capnp/rpc.capnp.ts`.
   */
  #importPath(fileId: Id): string {
    const requested = this.#schema.files.find(({ id }) => id === fileId);
    const path = requested
      ? posix.relative(posix.dirname(this.#file.place), requested.place)
      : posix.relative(posix.dirname(this.#file.filename), this.#nameOf(fileId));
    return `${path.startsWith("../") ? path : `./${path}`}.ts`;
  }

  #nameOf(fileId: Id): string {
    return this.#schema.nodes.get(fileId)?.displayName ?? "";
  }

  /** Whether a namespace around `place` has something else of this name. */
  #isHidden(name: string, { path, typeParameters }: Place): boolean {
    if (path.length > 0 && isOfNamespaces(name)) return true;
    if (typeParameters.some((it) => it.name === name)) return true;
    return path.some((_, i) => this.#declared.get(path.slice(0, i + 1).join("."))?.has(name));
  }

  #collect(declarations: readonly Declaration[]): void {
    for (const declaration of declarations) {
      const parent = declaration.path.slice(0, -1).join(".");
      this.#declare(parent, declaration.path.at(-1) ?? "");
      this.#collect(declaration.nested);
      switch (declaration.is) {
        case "struct":
          this.#collect(declaration.fields.flatMap(({ group }) => group ?? []));
          break;
        case "interface":
          for (const { path } of declaration.methods)
            this.#declare(path.slice(0, -1).join("."), path.at(-1) ?? "");
          break;
        case "enum":
        case "const":
          break;
        default:
          declaration satisfies never;
      }
    }
  }

  #declare(namespace: string, name: string): void {
    const names = this.#declared.get(namespace) ?? new Set();
    names.add(name);
    this.#declared.set(namespace, names);
  }
}
