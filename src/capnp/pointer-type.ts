/** Type-level only: what the three faces of a pointer type are. No value ever has this property. */
export declare const types: unique symbol;

/** Anything that can stand in a pointer slot: a struct, an interface, Text, Data, a list. */
export interface PointerType<Reader = unknown, Init = unknown, Pipeline = unknown> {
  readonly [types]?: { readonly reader: Reader; readonly init: Init; readonly pipeline: Pipeline };
}

/** What a value of this type reads as. */
export type ReaderOf<T extends PointerType> = NonNullable<T[typeof types]>["reader"];
/** The plain value (or reader) that a slot of this type is filled from. */
export type InitOf<T extends PointerType> = NonNullable<T[typeof types]>["init"];
/** What a call's result field of this type offers before it has arrived. */
export type PipelineOf<T extends PointerType> = NonNullable<T[typeof types]>["pipeline"];
