import {
  type InterfaceDeclaration,
  type NamedMethod,
  type StructDeclaration,
} from "./declaration.ts";
import { carriesCredentials } from "./credential-annotation.ts";
import { type Declarations } from "./declarations.ts";
import { type Place } from "./file-scope.ts";
import { type InterfaceMethod, isRenamed } from "./inheritance.ts";
import { block, call, declare, type Lines, quote } from "./lines.ts";
import { schemaName } from "./schema-name.ts";
import { type StructReference } from "./schema.ts";
import { argumentList, pipelineFields } from "./struct-types.ts";
import { type StructNames, StructValues } from "./struct-values.ts";
import { type TypeText } from "./type-text.ts";
import { type ValueText } from "./value-text.ts";

/** Writes the classes of an interface, and at the end the expression that defines it. */
export class InterfaceValues {
  readonly #declaration: InterfaceDeclaration;
  readonly #declarations: Declarations;
  readonly #types: TypeText;
  readonly #values: ValueText;
  readonly #place: Place;
  readonly #prefix: string;
  /** The interface's arguments, where it is generic. */
  readonly #names: string;

  constructor(
    declaration: InterfaceDeclaration,
    declarations: Declarations,
    types: TypeText,
    values: ValueText,
  ) {
    this.#declaration = declaration;
    this.#declarations = declarations;
    this.#types = types;
    this.#values = values;
    this.#place = { path: [], typeParameters: declaration.typeParameters };
    this.#prefix = declaration.path.join("$");
    this.#names = argumentList(declaration.typeParameters);
  }

  lines(): Lines {
    const { methods } = this.#declaration;
    return [
      ...methods.flatMap((it) => this.#method(it)),
      ...block(`class ${this.#prefix}$Client extends $.ClientBase`, this.#calls()),
      `abstract class ${this.#prefix}$Server extends $.Server {}`,
    ];
  }

  /** The call that makes the interface's type; `typed` where nothing tells it what that is to be. */
  definition(typed = false): Lines {
    const { node, methods, path } = this.#declaration;
    const parents = node.superclasses.map((it) => this.#values.branded(it, this.#place));
    const renamed = this.#renamed();
    const parts = [
      `id: 0x${node.id.toString(16)}n`,
      `name: ${quote(schemaName(node))}`,
      `Client: ${this.#prefix}$Client`,
      `Server: ${this.#prefix}$Server`,
      `methods: [${methods.map((it) => this.#methodConst(it)).join(", ")}]`,
      ...(parents.length === 0 ? [] : [`extends: () => [${parents.join(", ")}]`]),
      ...(renamed.length === 0 ? [] : [`renamed: [${renamed.join(", ")}]`]),
    ];
    const [client, server] = ["Client", "Server"].map((it) => `${path.join(".")}.${it}`);
    const type = typed ? `<$.InterfaceOf<${client ?? ""}, ${server ?? ""}>>` : "";
    return call(`$.interfaceType${type}`, parts);
  }

  #method(it: NamedMethod): Lines {
    const { method, params, results, path, streaming } = it;
    const listed = this.#declarations.struct(method.params.id).fields.map(({ field }) => field);
    const made = [
      ...(params ? this.#madeStruct(params, PARAMS, path) : []),
      ...(results ? this.#madeStruct(results, RESULTS, path) : []),
    ];
    const parts = [
      `interfaceId: 0x${this.#declaration.node.id.toString(16)}n`,
      `interfaceName: ${quote(schemaName(this.#declaration.node))}`,
      `methodId: ${it.id}`,
      `name: ${quote(it.name)}`,
      `params: () => ${this.#structValue(method.params, params, PARAMS, path)}`,
      `results: () => ${streaming ? "$.Empty" : this.#structValue(method.results, results, RESULTS, path)}`,
      `Call: ${path.join("$")}$Call`,
      ...(streaming ? ["streaming: true"] : []),
      ...(carriesCredentials(method, listed) ? ["credential: true"] : []),
    ];
    const type = `${path.join(".")}.Results${this.#names}`;
    return [
      ...made,
      ...block(
        `class ${path.join("$")}$Call extends $.CallBase<${type}>`,
        streaming ? [] : this.#pipelines(it),
      ),
      ...declare(`const ${this.#methodConst(it)}`, call("$.method", parts)),
    ];
  }

  /** The struct that the compiler made of a parameter or result list. */
  #madeStruct(struct: StructDeclaration, role: Role, path: readonly string[]): Lines {
    const names = this.#roleNames(role, path);
    if (struct.fields.length === 0) return [];
    const values = new StructValues(struct, names, this.#types, this.#values);
    return [...values.lines(), ...declare(`const ${names.prefix}`, values.definition())];
  }

  #roleNames(role: Role, path: readonly string[]): StructNames {
    const scope = path.join(".");
    const prefix = `${path.join("$")}$${role.suffix}`;
    return {
      prefix,
      reader: `${scope}.${role.reader}${this.#names}`,
      // The parameters' builder is nobody's business but the stub's.
      builder: role === PARAMS ? `${prefix}$Builder` : `${scope}.Builder${this.#names}`,
      init: `${scope}.${role.init}${this.#names}`,
    };
  }

  #structValue(
    reference: StructReference,
    made: StructDeclaration | undefined,
    role: Role,
    path: readonly string[],
  ): string {
    if (!made) return this.#values.branded(reference, this.#place);
    return made.fields.length === 0 ? "$.Empty" : this.#roleNames(role, path).prefix;
  }

  #pipelines({ method, results, path }: NamedMethod): Lines {
    if (results) {
      const names = this.#roleNames(RESULTS, path);
      return new StructValues(results, names, this.#types, this.#values).pipelineGetters();
    }
    const struct = this.#declarations.struct(method.results.id);
    const type = this.#types.structFace(method.results, "Pipeline", this.#place);
    const value = this.#values.branded(method.results, this.#place);
    return pipelineFields(struct, this.#types).map(
      ({ name }) =>
        `get ${name}(): ${type}[${quote(name)}] { return $.pipelineRoot(this, ${value}).${name}; }`,
    );
  }

  #calls(): Lines {
    const own = this.#declaration.methods.map((it) => {
      const scope = it.path.join(".");
      const optional = this.#declarations.struct(it.method.params.id).fields.length > 0 ? "" : "?";
      const init = `params${optional}: ${scope}.Init${this.#names}`;
      const type = `${scope}.Call${this.#names}`;
      return `${it.name}(${init}, options?: $.CallOptions): ${type} { return $.call(this, ${this.#methodConst(it)}, params, options); }`;
    });
    return [...own, ...this.#declaration.inherited.map((it) => this.#inheritedCall(it))];
  }

  /** It lives in the module of the interface that declares it, perhaps one that imports this. */
  #inheritedCall({ ownerId, methodId, name, from }: InterfaceMethod): string {
    const [first] = from;
    if (first === undefined) throw new TypeError(`${name} is inherited from nowhere`);
    const face = this.#types.interfaceFace(first.parent, "Client", this.#place);
    const like = `${face}[${quote(first.name)}]`;
    const parent = this.#values.branded(first.parent, this.#place);
    const method = `$.methodOf(${parent}, 0x${ownerId.toString(16)}n, ${methodId})`;
    return (
      `${name}(...args: $.ArgumentsOf<${like}>): $.ResultOf<${like}> ` +
      `{ return $.callInherited(this, ${method}, args); }`
    );
  }

  /** The inherited methods that some parent knows by another name. */
  #renamed(): readonly string[] {
    return this.#declaration.inherited
      .filter(isRenamed)
      .map(
        ({ ownerId, methodId, name }) =>
          `{ interfaceId: 0x${ownerId.toString(16)}n, methodId: ${methodId}, name: ${quote(name)} }`,
      );
  }

  #methodConst({ path }: NamedMethod): string {
    return `${path.join("$")}$method`;
  }
}

interface Role {
  readonly suffix: string;
  readonly reader: string;
  readonly init: string;
}

const PARAMS: Role = { suffix: "Params", reader: "Params", init: "Init" };
const RESULTS: Role = { suffix: "Results", reader: "Results", init: "ResultsInit" };
