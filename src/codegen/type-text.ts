import { type TypeParameter } from "./declaration.ts";
import { type Declarations } from "./declarations.ts";
import { type FileScope, type Place } from "./file-scope.ts";
import { type AnyKind, type Brand, type PrimitiveName, type SchemaType } from "./schema.ts";

/** What the runtime calls the schema language's own types. */
const PRIMITIVES: Readonly<Record<PrimitiveName, string>> = {
  void: "null",
  bool: "boolean",
  int8: "number",
  int16: "number",
  int32: "number",
  int64: "bigint",
  uint8: "number",
  uint16: "number",
  uint32: "number",
  uint64: "bigint",
  float32: "number",
  float64: "number",
};

/** The consts that stand for them where a type is a value. */
export const PRIMITIVE_TYPES: Readonly<Record<PrimitiveName, string>> = {
  void: "$.Void",
  bool: "$.Bool",
  int8: "$.Int8",
  int16: "$.Int16",
  int32: "$.Int32",
  int64: "$.Int64",
  uint8: "$.UInt8",
  uint16: "$.UInt16",
  uint32: "$.UInt32",
  uint64: "$.UInt64",
  float32: "$.Float32",
  float64: "$.Float64",
};

export const ANY_TYPES: Readonly<Record<AnyKind, string>> = {
  any: "$.AnyPointer",
  struct: "$.AnyStruct",
  list: "$.AnyList",
  capability: "$.Capability",
};

/** The faces of a type that its namespace names. */
type Face = "Reader" | "Builder" | "Init" | "Pipeline" | "Client" | "Server" | "Type";

/** Writes schema types as TypeScript types, as one generated file must spell them. */
export class TypeText {
  readonly #declarations: Declarations;
  readonly #scope: FileScope;

  constructor(declarations: Declarations, scope: FileScope) {
    this.#declarations = declarations;
    this.#scope = scope;
  }

  /** What a value reads as. */
  reader(type: SchemaType, place: Place): string {
    switch (type.is) {
      case "text":
        return "string";
      case "data":
        return "$.Bytes";
      case "list":
        return `$.ListReader<${this.reader(type.element, place)}>`;
      case "enum":
        return this.#scope.type(this.#declarations.get(type.id), place);
      case "struct":
        return this.#face("Reader", type, place);
      case "interface":
        return this.#face("Client", type, place);
      case "anyPointer":
      case "parameter":
        return `$.ReaderOf<${this.argument(type, place)}>`;
      default:
        return PRIMITIVES[type.is];
    }
  }

  /** What the getter of a message under construction gives. */
  builder(type: SchemaType, place: Place): string {
    switch (type.is) {
      case "list":
        return `$.ListBuilder<${this.builder(type.element, place)}, ${this.init(type.element, place)}>`;
      case "struct":
        return this.#face("Builder", type, place);
      case "anyPointer":
      case "parameter":
        return `$.BuilderOf<${this.argument(type, place)}>`;
      default:
        return this.reader(type, place);
    }
  }

  /** What a field of the type is filled from. */
  init(type: SchemaType, place: Place): string {
    switch (type.is) {
      case "list":
        return `$.ListInit<${this.init(type.element, place)}>`;
      case "struct":
        return this.#face("Init", type, place);
      case "interface":
        return `$.Cap<${this.#face("Client", type, place)}, ${this.#face("Server", type, place)}>`;
      case "anyPointer":
      case "parameter":
        return `$.InitOf<${this.argument(type, place)}>`;
      default:
        return this.reader(type, place);
    }
  }

  /** What a result of the type offers before it has arrived; `undefined` for data. */
  pipeline(type: SchemaType, place: Place): string | undefined {
    switch (type.is) {
      case "struct":
        return this.#face("Pipeline", type, place);
      case "interface":
        return this.#face("Client", type, place);
      case "anyPointer":
        return type.kind === "list" ? undefined : `$.PipelineOf<${this.argument(type, place)}>`;
      case "parameter":
        return `$.PipelineOf<${this.argument(type, place)}>`;
      default:
        return undefined;
    }
  }

  /** The type of what stands for the type itself: what a type parameter is bound to. */
  argument(type: SchemaType, place: Place): string {
    switch (type.is) {
      case "text":
        return "typeof $.Text";
      case "data":
        return "typeof $.Data";
      case "list": {
        const { element } = type;
        const faces = [this.reader(element, place), this.init(element, place)];
        return `$.ListType<${[...faces, this.builder(element, place)].join(", ")}>`;
      }
      case "enum":
        return `typeof ${this.#scope.type(this.#declarations.get(type.id), place)}`;
      case "struct":
      case "interface": {
        const target = this.#declarations.get(type.id);
        if (target.typeParameters.length > 0) return this.#face("Type", type, place);
        return `typeof ${this.#scope.type(target, place)}`;
      }
      case "anyPointer":
        return `typeof ${ANY_TYPES[type.kind]}`;
      case "parameter":
        return parameterName(type, place) ?? "typeof $.AnyPointer";
      default:
        return `typeof ${PRIMITIVE_TYPES[type.is]}`;
    }
  }

  structFace(
    struct: Branded,
    face: "Reader" | "Builder" | "Init" | "Pipeline",
    place: Place,
  ): string {
    return this.#face(face, struct, place);
  }

  interfaceFace(target: Branded, face: "Client" | "Server", place: Place): string {
    return this.#face(face, target, place);
  }

  #face(face: Face, { id, brand }: Branded, place: Place): string {
    const target = this.#declarations.get(id);
    const name = `${this.#scope.type(target, place)}.${face}`;
    // A method's own parameter is any pointer as well.
    const bound = bindings(target, brand).map((it) =>
      it.is === "parameter" && parameterName(it, place) === undefined ? ANY_POINTER : it,
    );
    // Any pointer is what a parameter is bound to by default.
    const given = bound.slice(0, bound.findLastIndex((it) => !isAnyPointer(it)) + 1);
    if (given.length === 0) return name;
    return `${name}<${given.map((it) => this.argument(it, place)).join(", ")}>`;
  }
}

/** A struct or interface with what its type parameters are bound to. */
export interface Branded {
  readonly id: bigint;
  readonly brand: Brand;
}

const ANY_POINTER: SchemaType = { is: "anyPointer", kind: "any" };

export const isAnyPointer = (type: SchemaType): boolean =>
  type.is === "anyPointer" && type.kind === "any";

export interface TypeParameters {
  readonly typeParameters: readonly TypeParameter[];
}

/** What each type parameter of `target` is bound to; any pointer where the brand is silent. */
export function bindings({ typeParameters }: TypeParameters, brand: Brand): readonly SchemaType[] {
  return typeParameters.map(({ scopeId, index }): SchemaType => {
    const bound = brand.get(scopeId);
    if (bound === "inherit") return { is: "parameter", scopeId, index };
    return bound?.[index] ?? ANY_POINTER;
  });
}

/** The parameter's name where it is in scope; a method's own parameters never are. */
export function parameterName(
  type: { readonly scopeId: bigint; readonly index: number },
  place: TypeParameters,
): string | undefined {
  return place.typeParameters.find(
    ({ scopeId, index }) => scopeId === type.scopeId && index === type.index,
  )?.name;
}
