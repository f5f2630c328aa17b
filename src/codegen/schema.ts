/**
 * What a CodeGeneratorRequest says (schema.capnp), as plain values: groups and unions of the wire
 * are tagged unions here, and the doc comments sit beside what they describe.
 */

/** A 64-bit id of schema.capnp. */
export type Id = bigint;

export interface Schema {
  readonly nodes: ReadonlyMap<Id, SchemaNode>;
  /** The files named on the command line, in its order. */
  readonly files: readonly RequestedFile[];
}

export interface RequestedFile {
  readonly id: Id;
  /** As on the command line, less the `--src-prefix`. */
  readonly filename: string;
  /** Beside what its TypeScript is written. */
  readonly place: string;
}

export type SchemaNode =
  FileNode | StructNode | EnumNode | InterfaceNode | ConstNode | AnnotationNode;

interface Declared {
  readonly id: Id;
  /** Such as `dir/library.capnp:Book`: for people, and to name what has no other name. */
  readonly displayName: string;
  /** 0 for files, and for the parameter structs that the compiler makes for methods. */
  readonly scopeId: Id;
  /** Names of the type parameters declared here; those of outer scopes apply as well. */
  readonly parameters: readonly string[];
  readonly nested: readonly NestedNode[];
  readonly annotations: readonly AnnotationUse[];
  readonly doc: string;
}

export interface NestedNode {
  readonly name: string;
  readonly id: Id;
}

export interface FileNode extends Declared {
  readonly is: "file";
}

export interface StructNode extends Declared {
  readonly is: "struct";
  readonly dataWords: number;
  readonly pointerCount: number;
  /** A named union or group: a view of the struct that holds it, not an object of its own. */
  readonly isGroup: boolean;
  /** The unnamed union's tag; absent when there is no union. */
  readonly tagOffsetBytes: number | undefined;
  readonly fields: readonly Field[];
}

export interface EnumNode extends Declared {
  readonly is: "enum";
  /** In the order of their values. */
  readonly enumerants: readonly Member[];
}

export interface InterfaceNode extends Declared {
  readonly is: "interface";
  /** In the order of their ids. */
  readonly methods: readonly Method[];
  readonly superclasses: readonly Superclass[];
}

export interface ConstNode extends Declared {
  readonly is: "const";
  readonly type: SchemaType;
  readonly value: Value;
}

export interface AnnotationNode extends Declared {
  readonly is: "annotation";
}

/** What fields, enumerants and methods have in common. */
export interface Member {
  readonly name: string;
  readonly annotations: readonly AnnotationUse[];
  readonly doc: string;
}

export type Field = SlotField | GroupField;

export interface SlotField extends Member {
  readonly is: "slot";
  /** The tag that makes this union member the active one; absent outside a union. */
  readonly tag: number | undefined;
  /** In units of the field's size, from the start of its section. */
  readonly offset: number;
  readonly type: SchemaType;
  readonly defaultValue: Value;
}

export interface GroupField extends Member {
  readonly is: "group";
  readonly tag: number | undefined;
  readonly groupId: Id;
}

export interface Method extends Member {
  readonly params: StructReference;
  readonly results: StructReference;
}

export interface StructReference {
  readonly id: Id;
  readonly brand: Brand;
}

export type Superclass = StructReference;

export type PrimitiveName =
  | "void"
  | "bool"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "float32"
  | "float64";

export type SchemaType =
  | { readonly is: PrimitiveName }
  | { readonly is: "text" }
  | { readonly is: "data" }
  | { readonly is: "list"; readonly element: SchemaType }
  | { readonly is: "enum"; readonly id: Id }
  | { readonly is: "struct"; readonly id: Id; readonly brand: Brand }
  | { readonly is: "interface"; readonly id: Id; readonly brand: Brand }
  | { readonly is: "anyPointer"; readonly kind: AnyKind }
  /** A type parameter of the scope `scopeId`. */
  | { readonly is: "parameter"; readonly scopeId: Id; readonly index: number };

/** `AnyPointer`, `AnyStruct`, `AnyList` and `Capability`. */
export type AnyKind = "any" | "struct" | "list" | "capability";

/** The bindings of a generic's parameters, by the scope that declares them (schema.capnp Brand). */
export type Brand = ReadonlyMap<Id, readonly SchemaType[] | "inherit">;

export type Value =
  | { readonly is: "void" }
  | { readonly is: "bool"; readonly value: boolean }
  | { readonly is: "integer"; readonly value: bigint }
  /** `bits` is the IEEE pattern: the only way to tell one NaN from another. */
  | { readonly is: "float"; readonly value: number; readonly bits: bigint }
  | { readonly is: "enum"; readonly ordinal: number }
  | { readonly is: "text"; readonly value: string }
  | { readonly is: "data"; readonly bytes: Uint8Array }
  /** A list, struct or any pointer, as the root of a framed message. */
  | { readonly is: "pointer"; readonly message: Uint8Array }
  /** The only value of an interface; also a pointer nobody gave a value. */
  | { readonly is: "null" };

/** An annotation applied to something. */
export interface AnnotationUse {
  readonly id: Id;
  readonly value: Value;
}
