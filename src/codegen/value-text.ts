import { type Declarations } from "./declarations.ts";
import { type FileScope } from "./file-scope.ts";
import { type SchemaType } from "./schema.ts";
import {
  ANY_TYPES,
  bindings,
  isAnyPointer,
  type Branded,
  parameterName,
  PRIMITIVE_TYPES,
  type TypeParameters,
} from "./type-text.ts";

/** Writes schema types as the values that stand for them in generated code. */
export class ValueText {
  readonly #declarations: Declarations;
  readonly #scope: FileScope;

  constructor(declarations: Declarations, scope: FileScope) {
    this.#declarations = declarations;
    this.#scope = scope;
  }

  /** For code that runs once the modules are loaded, such as a getter's. */
  type(type: SchemaType, place: TypeParameters): string {
    switch (type.is) {
      case "text":
        return "$.Text";
      case "data":
        return "$.Data";
      case "list":
        return `$.List(${this.lazily(type.element, place)})`;
      case "enum":
        return this.#scope.value(this.#declarations.get(type.id));
      case "struct":
      case "interface":
        return this.branded(type, place);
      case "anyPointer":
        return ANY_TYPES[type.kind];
      case "parameter": {
        const name = parameterName(type, place);
        return name === undefined ? "$.AnyPointer" : parameterValue(name);
      }
      default:
        return PRIMITIVE_TYPES[type.is];
    }
  }

  /** For code that runs while modules are still being loaded: a function, where that matters. */
  lazily(type: SchemaType, place: TypeParameters): string {
    const text = this.type(type, place);
    return declares(type) ? `() => ${text}` : text;
  }

  /** A struct or interface with its arguments. */
  branded(target: Branded, place: TypeParameters): string {
    const declaration = this.#declarations.get(target.id);
    const name = this.#scope.value(declaration);
    const bound = bindings(declaration, target.brand);
    if (bound.every(isAnyPointer)) return name;
    return `${name}.of(${bound.map((type) => this.type(type, place)).join(", ")})`;
  }

  /** The declarations of other files that must be there to make a value of the type. */
  imported(type: SchemaType): readonly string[] {
    if (type.is === "list") return this.imported(type.element);
    if (type.is !== "enum" && type.is !== "struct" && type.is !== "interface") return [];
    const declaration = this.#declarations.get(type.id);
    const own = this.#scope.isImported(declaration) ? [this.#scope.value(declaration)] : [];
    const bound = type.is === "enum" ? [] : bindings(declaration, type.brand);
    return [...own, ...bound.flatMap((it) => this.imported(it))];
  }

  /** Whether writing the type makes a new value each time, which should be made once. */
  isMade(type: SchemaType): boolean {
    if (type.is === "list") return true;
    if (type.is !== "struct" && type.is !== "interface") return false;
    return bindings(this.#declarations.get(type.id), type.brand).some((it) => !isAnyPointer(it));
  }
}

/** The value of a type parameter; the `$` keeps it apart from a declaration of the same name. */
export const parameterValue = (name: string): string => `${name}$`;

/** Whether the text of a type names a const of a schema, which may not be defined yet. */
function declares(type: SchemaType): boolean {
  return type.is === "enum" || type.is === "struct" || type.is === "interface";
}
