/** What generated code needs besides the vocabulary that it shares with people. */
import {
  AnyPointer,
  pointerCodecOf,
  type NoFields,
  type CallOptions,
  type Client,
  type InterfaceType,
  type Servable,
  type serves,
  type StructReader,
  edit,
  type PipelineOf,
  type PointerType,
  type ReaderOf,
  Struct,
  type FaceOf,
  struct,
  type StructType,
  type StructView,
} from "../capnp/index.ts";
import { type CallBase } from "./call.ts";
import { call } from "./outgoing-call.ts";
import { ClientBase } from "./client.ts";
import {
  definitionOf,
  InterfaceDefinition,
  interfaceType,
  type Method,
} from "./interface-definition.ts";
import { Pipeline, pipelineCap, type PipelineClass, pipelineStruct } from "./pipeline.ts";
import { Server } from "./server.ts";

/** Data, under a name that a schema's own `Uint8Array` cannot hide. */
export type Bytes = Uint8Array;

/** What a method returns: its results, or a promise of them. */
export type Returns<Results> = Results | PromiseLike<Results>;

/** What the getter of a field gives in a message under construction. */
export type BuilderOf<T extends PointerType> = T extends {
  build(...place: never[]): infer Builder;
}
  ? Builder
  : ReaderOf<T>;

/** The parameters of a method that is inherited under another name. */
export type ArgumentsOf<M> =
  NonNullable<M> extends (...args: infer Arguments) => unknown ? Arguments : never;
/** What such a method returns. */
export type ResultOf<M> =
  NonNullable<M> extends (...args: never[]) => infer Result ? Result : never;

/** The const of an interface: its type, its server class, and servers made of plain objects. */
export interface InterfaceOf<C extends Client, S extends Servable> extends InterfaceType<C, S> {
  /** To extend: a method that is not overridden is answered `unimplemented`. */
  readonly Server: abstract new () => S;
  /** A server of some of the methods; the others are answered `unimplemented`. */
  serve<M extends Partial<Omit<S, typeof serves>>>(methods: M & Spelt<M, S>): S;
}

/** The same methods, unless one is misspelt or returns a result that is: then it is `never`. */
type Spelt<M, S> = {
  readonly [Name in keyof M]: Name extends keyof S
    ? MisspeltResult<M[Name], S[Name]> extends never
      ? M[Name]
      : never
    : never;
};

/** The names in what a method returns that are none of its results'. */
type MisspeltResult<Given, Wanted> = Given extends (...args: never[]) => infer Returned
  ? [Awaited<Returned>] extends [never]
    ? never
    : Exclude<keyof Awaited<Returned>, KeyOf<Awaited<ResultOf<Wanted>>> | OfReaders>
  : never;

type KeyOf<T> = T extends unknown ? keyof T : never;

/** The results of another call may be returned as they are. */
type OfReaders = keyof StructReader | "which" | symbol;

/** Adds to the const of a type what its declaration holds: nested types, constants, `of`. */
export function nest<T extends object, Nested extends object>(type: T, nested: Nested): T & Nested {
  return Object.defineProperties(type, Object.getOwnPropertyDescriptors(nested)) as T & Nested;
}

/**
 * A reader with a union is a union of types, one a member, and no class can say that of itself:
 * here a class that has all members, each of them perhaps `undefined`, is said to read as one.
 */
export function faceOf<Reader>(face: FaceOf<Struct>): FaceOf<Reader> {
  return face as unknown as FaceOf<Reader>;
}

/** Bytes that a schema spells out. */
export function bytes(base64: string): Bytes {
  return Uint8Array.from(Buffer.from(base64, "base64"));
}

/** What a pointer reads as that the schema leaves null. */
export function absent<T extends PointerType>(type: T): ReaderOf<T> {
  return pointerCodecOf(type).absent();
}

/** As `edit`, of a field whose type is a parameter of a generic. */
export function editAt<T extends PointerType>(
  at: StructView,
  index: number,
  type: T,
): BuilderOf<T> {
  return edit(at, index, pointerCodecOf(type)) as BuilderOf<T>; // the type's own codec
}

/** What the results' pointer leads to, before it has arrived. */
export function pipelineOf<T extends PointerType>(
  parent: CallBase<unknown> | Pipeline,
  pointer: number,
  type: T,
): PipelineOf<T> {
  if (type instanceof InterfaceDefinition) {
    return pipelineCap(parent, pointer, type as unknown as InterfaceType);
  }
  return pipelineStruct(parent, pointer, pipelineClassOf(type));
}

/** The results themselves, where they are a struct with a name. */
export function pipelineRoot<T extends PointerType>(
  call: CallBase<unknown>,
  type: T,
): PipelineOf<T> {
  return new (pipelineClassOf(type))(call, []);
}

function pipelineClassOf(type: PointerType): PipelineClass<Pipeline> {
  const known = (type as Partial<StructType>).Pipeline as PipelineClass<Pipeline> | undefined;
  return known ?? PlainPipeline;
}

/** Of what has nothing to follow. */
class PlainPipeline extends Pipeline {}

/** A method of `type` or of an interface it extends, by the id of the one that declares it. */
export function methodOf(type: InterfaceType, interfaceId: bigint, methodId: number): Method {
  const found = definitionOf(type).methods.get(interfaceId)?.[methodId];
  if (found === undefined) throw new TypeError(`${type.name} has no method ${methodId}`);
  return found;
}

/** A call of an inherited method, its parameters as the parent's stub takes them. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the stub says what it returns
export function callInherited<C>(client: ClientBase, method: Method, args: readonly unknown[]): C {
  const [params, options] = args as [params?: object, options?: CallOptions]; // every stub's
  return call(client, method, params, options);
}

class Empty$Face extends Struct {
  public constructor(at: StructView) {
    super(at);
  }
}

/** Fills a struct that has no fields. */
export const setNothing = (): void => {};

/** The parameters or results of a method that has none. */
export const Empty: StructType<StructReader, object, NoFields, object> = struct({
  name: "()",
  id: 0n,
  dataWords: 0,
  pointerCount: 0,
  Reader: Empty$Face,
  Builder: Empty$Face,
  fields: [],
  set: setNothing,
});

export { AnyPointer as AnyList, AnyPointer as AnyStruct };

class Capability$Client extends ClientBase {}
abstract class Capability$Server extends Server {}

/** The schema language's `Capability`: a reference to an object of any interface; `cast` it. */
export const Capability: InterfaceOf<Client, Servable> = interfaceType({
  id: 0n,
  name: "Capability",
  Client: Capability$Client,
  Server: Capability$Server,
  methods: [],
});
