import { CodegenError } from "./codegen-error.ts";
import {
  type ConstDeclaration,
  type Declaration,
  type EnumDeclaration,
  type InterfaceDeclaration,
  type NamedField,
  type NamedMethod,
  type StructDeclaration,
  type TypeParameter,
} from "./declaration.ts";
import { Inheritance } from "./inheritance.ts";
import { nameOf, requireIdentifier } from "./name-annotation.ts";
import { memberName, nestedConstName, nestedTypeName, topLevelName } from "./reserved-names.ts";
import {
  type ConstNode,
  type EnumNode,
  type Id,
  type InterfaceNode,
  type Schema,
  type SchemaNode,
  type StructNode,
} from "./schema.ts";

/** capnp/stream.capnp StreamResult: what a method declared `-> stream` returns. */
const STREAM_RESULT: Id = 0x995f9a3377c0b16en;

/** Every declaration of a schema, with the names that TypeScript will know it by. */
export class Declarations {
  readonly #byId = new Map<Id, Declaration>();
  readonly #byFile = new Map<Id, readonly Declaration[]>();
  readonly #schema: Schema;
  /** Nodes that have their place, each in one scope only: a scope cannot lie within itself. */
  readonly #placed = new Set<Id>();
  readonly #inheritance: Inheritance;

  /** @throws CodegenError NAME_COLLISION, NAME_INVALID, NODE_MISSING, REQUEST_INVALID */
  constructor(schema: Schema) {
    this.#schema = schema;
    this.#inheritance = new Inheritance(schema);
    for (const node of schema.nodes.values()) {
      if (node.is !== "file") continue;
      const top: Scope = { fileId: node.id, path: [], typeParameters: [], taken: new Set() };
      this.#byFile.set(node.id, this.#nested(node, top));
    }
  }

  /** What a file declares at its top, in the order of the source. */
  ofFile(fileId: Id): readonly Declaration[] {
    return this.#byFile.get(fileId) ?? [];
  }

  /** @throws CodegenError NODE_MISSING */
  get(id: Id): Declaration {
    return this.#byId.get(id) ?? this.#missing(id);
  }

  struct(id: Id): StructDeclaration {
    const found = this.get(id);
    return found.is === "struct" ? found : this.#missing(id);
  }

  interface(id: Id): InterfaceDeclaration {
    const found = this.get(id);
    return found.is === "interface" ? found : this.#missing(id);
  }

  #missing(id: Id): never {
    throw new CodegenError(
      "NODE_MISSING",
      `the request holds no declaration @0x${id.toString(16)}`,
    );
  }

  #nested(node: SchemaNode, scope: Scope): readonly Declaration[] {
    return node.nested.flatMap(({ name, id }) => {
      const child = this.#schema.nodes.get(id);
      // What an import declares and nobody uses is not in the request.
      const declaration = child && this.#declare(child, name, scope);
      return declaration ? [declaration] : [];
    });
  }

  #declare(node: SchemaNode, name: string, scope: Scope): Declaration | undefined {
    switch (node.is) {
      case "struct":
        return this.#struct(node, take(scope, node, typeName(node, name, scope)), scope);
      case "interface":
        return this.#interface(node, take(scope, node, typeName(node, name, scope)), scope);
      case "enum":
        return this.#enum(node, take(scope, node, typeName(node, name, scope)), scope);
      case "const":
        return this.#const(node, take(scope, node, constName(node, name, scope)), scope);
      case "annotation":
      case "file":
        return undefined;
    }
  }

  #struct(node: StructNode, path: readonly string[], outer: Scope): StructDeclaration {
    const scope = this.#inside(outer, node, path);
    // Declared names first: a group's is derived from its field's, and gives way.
    const nested = this.#nested(node, scope);
    const members = new Set<string>();
    const fields = node.fields.map((field): NamedField => {
      const name = takeMember(members, node, nameOf(field, field.name, memberName));
      const group =
        field.is === "group"
          ? this.#group(field.groupId, nameOf(field, field.name), scope)
          : undefined;
      return { field, name, group };
    });
    return this.#add(node.id, {
      is: "struct",
      node,
      fileId: scope.fileId,
      path,
      typeParameters: scope.typeParameters,
      nested,
      fields,
    });
  }

  #group(id: Id, fieldName: string, scope: Scope): StructDeclaration {
    const node = this.#schema.nodes.get(id);
    if (node?.is !== "struct") return this.#missing(id);
    const path = take(scope, node, derivedName(fieldName, scope));
    return this.#struct(node, path, scope);
  }

  #interface(node: InterfaceNode, path: readonly string[], outer: Scope): InterfaceDeclaration {
    const scope = this.#inside(outer, node, path);
    const nested = this.#nested(node, scope);
    const all = this.#inheritance.methodsOf(node);
    const methods = all
      .filter(({ ownerId }) => ownerId === node.id)
      .map(({ methodId, name }) => this.#method(node, methodId, name, scope));
    return this.#add(node.id, {
      is: "interface",
      node,
      fileId: scope.fileId,
      path,
      typeParameters: scope.typeParameters,
      nested,
      methods,
      inherited: all.filter(({ ownerId }) => ownerId !== node.id),
    });
  }

  #method(owner: InterfaceNode, id: number, name: string, scope: Scope): NamedMethod {
    const method = owner.methods[id];
    if (method === undefined) return this.#missing(owner.id);
    const path = take(scope, owner, derivedName(nameOf(method, method.name), scope));
    return {
      method,
      id,
      name,
      path,
      params: this.#madeForMethod(method.params.id, path, scope),
      results: this.#madeForMethod(method.results.id, path, scope),
      streaming: method.results.id === STREAM_RESULT,
    };
  }

  /** The struct that stands for a parameter list; `undefined` when it has a name of its own. */
  #madeForMethod(id: Id, path: readonly string[], scope: Scope): StructDeclaration | undefined {
    const node = this.#schema.nodes.get(id);
    if (node?.is !== "struct" || node.scopeId !== 0n) return undefined;
    // Its own type parameters are the method's: bound by each call, so any pointer to us.
    return this.#struct({ ...node, parameters: [] }, path, { ...scope, taken: new Set() });
  }

  #enum(node: EnumNode, path: readonly string[], scope: Scope): EnumDeclaration {
    const taken = new Set<string>();
    const enumerants = node.enumerants.map((enumerant) =>
      takeMember(taken, node, nameOf(enumerant, enumerant.name)),
    );
    const { fileId } = scope;
    return this.#add(node.id, {
      is: "enum",
      node,
      fileId,
      path,
      typeParameters: [],
      nested: [],
      enumerants,
    });
  }

  #const(node: ConstNode, path: readonly string[], { fileId }: Scope): ConstDeclaration {
    return this.#add(node.id, { is: "const", node, fileId, path, typeParameters: [], nested: [] });
  }

  #inside(outer: Scope, node: SchemaNode, path: readonly string[]): Scope {
    if (this.#placed.has(node.id)) {
      throw new CodegenError("REQUEST_INVALID", `${node.displayName} is declared twice`);
    }
    this.#placed.add(node.id);
    return inside(outer, node, path);
  }

  #add<D extends Declaration>(id: Id, declaration: D): D {
    this.#byId.set(id, declaration);
    return declaration;
  }
}

/** A namespace being filled. */
interface Scope {
  readonly fileId: Id;
  readonly path: readonly string[];
  readonly typeParameters: readonly TypeParameter[];
  /** The names it holds so far. */
  readonly taken: Set<string>;
}

function inside(outer: Scope, node: SchemaNode, path: readonly string[]): Scope {
  const typeParameters = [...outer.typeParameters];
  node.parameters.forEach((wanted, index) => {
    requireIdentifier(wanted);
    let name = wanted;
    for (let n = 2; typeParameters.some((it) => it.name === name); n++) name = `${wanted}${n}`;
    typeParameters.push({ scopeId: node.id, index, name });
  });
  return { fileId: outer.fileId, path, typeParameters, taken: new Set() };
}

function typeName(node: SchemaNode, name: string, scope: Scope): string {
  return nameOf(node, name, scope.path.length === 0 ? topLevelName : nestedTypeName);
}

function constName(node: SchemaNode, name: string, scope: Scope): string {
  return nameOf(node, name, scope.path.length === 0 ? topLevelName : nestedConstName);
}

/** The namespace of a group or method: its name in capitals, giving way to declared types. */
function derivedName(name: string, scope: Scope): string {
  const capital = nestedTypeName(name.charAt(0).toUpperCase() + name.slice(1));
  return scope.taken.has(capital) ? `${capital}_` : capital;
}

function take(scope: Scope, node: SchemaNode, name: string): readonly string[] {
  takeMember(scope.taken, node, name);
  return [...scope.path, name];
}

function takeMember(taken: Set<string>, node: SchemaNode, name: string): string {
  if (taken.has(name)) {
    throw new CodegenError(
      "NAME_COLLISION",
      `${node.displayName}: two things here would be called "${name}" in TypeScript; ` +
        `rename one with $Ts.name("…") of "/handfast/typescript.capnp"`,
    );
  }
  taken.add(name);
  return name;
}
