import { type InterfaceMethod } from "./inheritance.ts";
import {
  type ConstNode,
  type EnumNode,
  type Field,
  type Id,
  type InterfaceNode,
  type Method,
  type StructNode,
} from "./schema.ts";

/**
 * A declaration of a schema with its place in TypeScript: the model that the emitters read. Groups
 * are declarations of the struct that holds them; the structs that the compiler makes of a method's
 * parameter and result lists are declarations of their interface.
 */
export type Declaration =
  StructDeclaration | InterfaceDeclaration | EnumDeclaration | ConstDeclaration;

interface Placed {
  /** The file that declares it. */
  readonly fileId: Id;
  /** From the top of its file, such as `["Outer", "Inner"]`. */
  readonly path: readonly string[];
  /** Of the declaration and all its scopes, the outermost first. */
  readonly typeParameters: readonly TypeParameter[];
  readonly nested: readonly Declaration[];
}

export interface TypeParameter {
  readonly scopeId: Id;
  readonly index: number;
  /** Unique among the parameters that apply to one declaration. */
  readonly name: string;
}

export interface StructDeclaration extends Placed {
  readonly is: "struct";
  readonly node: StructNode;
  /** In the order of their ordinals. */
  readonly fields: readonly NamedField[];
}

export interface InterfaceDeclaration extends Placed {
  readonly is: "interface";
  readonly node: InterfaceNode;
  /** Its own, in the order of their ids. */
  readonly methods: readonly NamedMethod[];
  /** Those of its ancestors, by the names they have here. */
  readonly inherited: readonly InterfaceMethod[];
}

export interface EnumDeclaration extends Placed {
  readonly is: "enum";
  readonly node: EnumNode;
  readonly enumerants: readonly string[];
}

export interface ConstDeclaration extends Placed {
  readonly is: "const";
  readonly node: ConstNode;
}

export interface NamedField {
  readonly field: Field;
  readonly name: string;
  /** The group's declaration, when the field is one. */
  readonly group: StructDeclaration | undefined;
}

export interface NamedMethod {
  readonly method: Method;
  readonly id: number;
  readonly name: string;
  /** Where the types of this method are, such as `["Library", "CheckoutBook"]`. */
  readonly path: readonly string[];
  /** Present when the compiler made the struct from the method's own parameter list. */
  readonly params: StructDeclaration | undefined;
  readonly results: StructDeclaration | undefined;
  readonly streaming: boolean;
}
