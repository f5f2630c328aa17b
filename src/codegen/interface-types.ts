import { type InterfaceDeclaration, type NamedMethod } from "./declaration.ts";
import { type Declarations } from "./declarations.ts";
import { type Place } from "./file-scope.ts";
import { block, docComment, type Lines, quote } from "./lines.ts";
import { type Method, type StructReference, type Superclass } from "./schema.ts";
import {
  argumentList,
  builderType,
  initType,
  parameterList,
  pipelineMembers,
  readerType,
} from "./struct-types.ts";
import { schemaName } from "./schema-name.ts";
import { type TypeText } from "./type-text.ts";

/** Writes the types of an interface: its namespace's own members, and a namespace per method. */
export class InterfaceTypes {
  readonly #declaration: InterfaceDeclaration;
  readonly #declarations: Declarations;
  readonly #text: TypeText;
  readonly #place: Place;

  constructor(declaration: InterfaceDeclaration, declarations: Declarations, text: TypeText) {
    this.#declaration = declaration;
    this.#declarations = declarations;
    this.#text = text;
    this.#place = { path: declaration.path, typeParameters: declaration.typeParameters };
  }

  lines(): Lines {
    const { methods, typeParameters } = this.#declaration;
    const parameters = parameterList(typeParameters);
    const names = argumentList(typeParameters);
    const type = `type Type${parameters} = $.InterfaceOf<Client${names}, Server${names}>;`;
    return [
      ...block(`interface Client${parameters} extends ${this.#heritage("Client")}`, [
        `readonly [$.brand]: ${this.#mark("Client", "brand")};`,
        ...this.#callable(),
      ]),
      ...block(`interface Server${parameters} extends ${this.#heritage("Server")}`, [
        `readonly [$.serves]: ${this.#mark("Server", "serves")};`,
        ...this.#servable(),
      ]),
      ...(typeParameters.length === 0 ? [] : [type]),
      ...methods.flatMap((method) =>
        block(`namespace ${method.path.at(-1) ?? ""}`, this.#methodTypes(method)),
      ),
    ];
  }

  /** What the client or server extends: its parents, but for one whose methods have other names. */
  #heritage(face: "Client" | "Server"): string {
    const parents = this.#declaration.node.superclasses.filter((it) => !this.#isListed(it));
    if (parents.length === 0) return face === "Client" ? "$.Client" : "$.Servable";
    return parents.map((parent) => this.#parentFace(parent, face)).join(", ");
  }

  /** Whether the parent's methods are listed one by one, as some have other names here. */
  #isListed(parent: Superclass): boolean {
    return this.#declaration.inherited.some(({ name, from }) =>
      from.some((it) => it.parent.id === parent.id && it.name !== name),
    );
  }

  /** The methods of parents that are not extended, as those parents describe them. */
  #listed(face: "Client" | "Server"): Lines {
    return this.#declaration.inherited.flatMap(({ name, from }) => {
      if (from.some(({ parent }) => !this.#isListed(parent))) return [];
      return from.slice(0, 1).map((it) => {
        const like = `${this.#parentFace(it.parent, face)}[${quote(it.name)}]`;
        const optional = face === "Server" ? "?" : "";
        return `${name}${optional}(...args: $.ArgumentsOf<${like}>): $.ResultOf<${like}>;`;
      });
    });
  }

  #mark(face: "Client" | "Server", symbol: "brand" | "serves"): string {
    const own = `{ readonly ${quote(schemaName(this.#declaration.node))}: 1 }`;
    const parents = this.#declaration.node.superclasses.map(
      (parent) => `${this.#parentFace(parent, face)}[typeof $.${symbol}]`,
    );
    return [...parents, own].join(" & ");
  }

  #parentFace(parent: StructReference, face: "Client" | "Server"): string {
    return this.#text.interfaceFace(parent, face, this.#place);
  }

  #callable(): Lines {
    return [
      ...this.#listed("Client"),
      ...this.#declaration.methods.flatMap((it) => {
        const optional = this.#hasFields(it.method.params) ? "" : "?";
        const init = this.#methodFace(it, "Init");
        const call = this.#methodFace(it, "Call");
        return [
          ...docComment(it.method.doc),
          `${it.name}(params${optional}: ${init}, options?: $.CallOptions): ${call};`,
        ];
      }),
    ];
  }

  #servable(): Lines {
    return [
      ...this.#listed("Server"),
      ...this.#declaration.methods.flatMap((it) => {
        const [params, builder, init, returns] = (
          ["Params", "Builder", "ResultsInit", "Returns"] as const
        ).map((face) => this.#methodFace(it, face));
        return [
          ...docComment(it.method.doc),
          `${it.name}?(`,
          `  params: ${params ?? ""},`,
          `  call: $.CallContext<${builder ?? ""}, ${init ?? ""}>,`,
          `): ${returns ?? ""};`,
        ];
      }),
    ];
  }

  #methodFace(method: NamedMethod, face: string): string {
    return `${method.path.at(-1) ?? ""}.${face}${argumentList(this.#declaration.typeParameters)}`;
  }

  #methodTypes(method: NamedMethod): Lines {
    const { typeParameters } = this.#declaration;
    const parameters = parameterList(typeParameters);
    const names = argumentList(typeParameters);
    const returned = this.#hasFields(method.method.results)
      ? `ResultsInit${names} | Builder${names}`
      : `ResultsInit${names}`;
    return [
      ...this.#paramsTypes(method),
      ...this.#resultsTypes(method),
      `type Returns${parameters} = $.Returns<${returned}>;`,
    ];
  }

  #paramsTypes({ method, params, path }: NamedMethod): Lines {
    if (params) {
      const names = { reader: "Params", builder: "Builder", init: "Init" };
      return [...readerType(params, names, this.#text), ...initType(params, names, this.#text)];
    }
    return this.#aliases(method.params, path, { Params: "Reader", Init: "Init" });
  }

  #resultsTypes({ method, results, path, streaming }: NamedMethod): Lines {
    const parameters = parameterList(this.#declaration.typeParameters);
    const names = argumentList(this.#declaration.typeParameters);
    if (streaming) {
      return [
        `type Results${parameters} = object;`,
        `type Builder${parameters} = object;`,
        `type ResultsInit${parameters} = $.NoFields;`,
        `type Call${parameters} = $.Call<Results${names}>;`,
      ];
    }
    if (!results) {
      const pipeline = this.#text.structFace(method.results, "Pipeline", this.#placeOf(path));
      const faces = { Results: "Reader", Builder: "Builder", ResultsInit: "Init" } as const;
      return [
        ...this.#aliases(method.results, path, faces),
        `type Call${parameters} = $.Call<Results${names}> & ${pipeline};`,
      ];
    }
    const faces = { reader: "Results", builder: "Builder", init: "ResultsInit" };
    const pipeline = pipelineMembers(results, this.#text);
    return [
      ...readerType(results, faces, this.#text),
      ...builderType(results, faces, this.#text),
      ...initType(results, faces, this.#text),
      ...(pipeline.length === 0
        ? [`type Call${parameters} = $.Call<Results${names}>;`]
        : block(`interface Call${parameters} extends $.Call<Results${names}>`, pipeline)),
    ];
  }

  #aliases(
    struct: StructReference,
    path: readonly string[],
    faces: Readonly<Record<string, "Reader" | "Builder" | "Init">>,
  ): Lines {
    const parameters = parameterList(this.#declaration.typeParameters);
    return Object.entries(faces).map(
      ([name, face]) =>
        `type ${name}${parameters} = ${this.#text.structFace(struct, face, this.#placeOf(path))};`,
    );
  }

  #placeOf(path: readonly string[]): Place {
    return { path, typeParameters: this.#declaration.typeParameters };
  }

  #hasFields({ id }: Method["params"]): boolean {
    return this.#declarations.struct(id).fields.length > 0;
  }
}
