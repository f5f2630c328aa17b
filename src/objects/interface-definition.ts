import {
  type CallOptions,
  type InterfaceType,
  type Servable,
  type StructType,
} from "../capnp/index.ts";
import { type Content, type Results, type RpcError } from "../rpc/index.ts";
import { type Host } from "./host.ts";
import { Reference } from "./reference.ts";

/** What generated code says of one method. Types are thunks, for schemas that import each other. */
export interface MethodInit {
  /** The interface that declares it, which may be an ancestor of the one it is called on. */
  readonly interfaceId: bigint;
  readonly interfaceName: string;
  readonly methodId: number;
  /** As stubs and servers spell it, so `then` is `then_`. */
  readonly name: string;
  readonly params: () => StructType;
  readonly results: () => StructType;
  /** The class of a call under way, with the result fields that pipeline. */
  readonly Call: CallClass;
  /** Declared `-> stream`: the sender is paced, the server takes one call at a time. */
  readonly streaming?: boolean | undefined;
  /** Annotated `$credential`: never early data, unless the caller says so. */
  readonly credential?: boolean | undefined;
}

/** The class of a call under way, or of one that failed before it was sent. */
export type CallClass = new (method: Method, results: Results | RpcError) => CallUnderWay;

/** What `CallBase` is to this file. */
export interface CallUnderWay extends Disposable {
  $watch(host: Host, options: CallOptions): void;
  $whenEnded(callback: CallEnded): void;
}

/** How a call ended: its error, or the content of its results and how many capabilities they have. */
export type CallEnded = (
  error: RpcError | undefined,
  content: Content | undefined,
  capabilities: number,
) => void;

/** The class of an interface's stubs, each made around the reference that it disposes. */
export type ClientClass = new (reference: Reference) => Disposable;

/** A method of an interface, its types resolved at the first call. */
export class Method {
  readonly interfaceId: bigint;
  readonly interfaceName: string;
  readonly methodId: number;
  readonly name: string;
  readonly Call: CallClass;
  readonly streaming: boolean;
  readonly credential: boolean;
  readonly #init: MethodInit;
  #params: StructType | undefined;
  #results: StructType | undefined;

  constructor(init: MethodInit) {
    this.interfaceId = init.interfaceId;
    this.interfaceName = init.interfaceName;
    this.methodId = init.methodId;
    this.name = init.name;
    this.Call = init.Call;
    this.streaming = init.streaming ?? false;
    this.credential = init.credential ?? false;
    this.#init = init;
  }

  /** The same method under another name. */
  called(name: string): Method {
    return new Method({ ...this.#init, name });
  }

  get params(): StructType {
    return (this.#params ??= this.#init.params());
  }

  get results(): StructType {
    return (this.#results ??= this.#init.results());
  }
}

/** Defines a method; called by generated code. */
export function method(init: MethodInit): Method {
  return new Method(init);
}

/** What generated code says of one interface. */
export interface InterfaceInit {
  readonly id: bigint;
  readonly name: string;
  readonly Client: ClientClass & { readonly prototype: object };
  readonly Server: abstract new () => object;
  /** Its own methods, by ordinal. */
  readonly methods: readonly Method[];
  /** The interfaces it extends. */
  readonly extends?: (() => readonly InterfaceType[]) | undefined;
  /** Inherited methods that go by another name here: an earlier parent has their own. */
  readonly renamed?: readonly RenamedMethod[] | undefined;
}

/** An inherited method, and what it is called here. */
export interface RenamedMethod {
  readonly interfaceId: bigint;
  readonly methodId: number;
  readonly name: string;
}

/** An interface at run time: what an `InterfaceType` is underneath. */
export class InterfaceDefinition {
  readonly id: bigint;
  readonly name: string;
  readonly Client: ClientClass;
  readonly Server: abstract new () => object;
  readonly #own: readonly Method[];
  readonly #parents: () => readonly InterfaceType[];
  readonly #renamed: readonly RenamedMethod[];
  #null: Disposable | undefined;
  #byInterface: ReadonlyMap<bigint, readonly Method[]> | undefined;

  constructor(init: InterfaceInit) {
    this.id = init.id;
    this.name = init.name;
    this.Client = init.Client;
    this.Server = init.Server;
    this.#own = init.methods;
    this.#parents = init.extends ?? (() => []);
    this.#renamed = init.renamed ?? [];
  }

  /** Its own methods and its ancestors', by the id of the interface that declares them. */
  get methods(): ReadonlyMap<bigint, readonly Method[]> {
    return (this.#byInterface ??= this.#collect());
  }

  /** What a null pointer reads as: every call fails, and it is sent as a null pointer. */
  get nullClient(): Disposable {
    const { Client: Stub } = this;
    return (this.#null ??= new Stub(new Reference(undefined, "this is the null capability")));
  }

  /** The method of that name; the most derived declaration wins. */
  methodNamed(name: string): Method | undefined {
    for (const methods of this.methods.values()) {
      const found = methods.find((method) => method.name === name);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** A server that answers with the methods of a plain object, and `unimplemented` to the rest. */
  serve(methods: object): Servable {
    const { Server } = this;
    class Plain extends Server {}
    return Object.assign(new Plain(), { [plainMethods]: methods }) as unknown as Servable; // it extends Server
  }

  #collect(): ReadonlyMap<bigint, readonly Method[]> {
    const all = new Map<bigint, readonly Method[]>([[this.id, this.#own]]);
    for (const parent of this.#parents()) {
      for (const [id, methods] of definitionOf(parent).methods) all.set(id, methods);
    }
    for (const { interfaceId, methodId, name } of this.#renamed) {
      const methods = all.get(interfaceId) ?? [];
      all.set(
        interfaceId,
        methods.map((it) => (it.methodId === methodId ? it.called(name) : it)),
      );
    }
    return all;
  }
}

/** Where `serve` keeps the object whose methods it answers with. */
export const plainMethods: unique symbol = Symbol("handfast.plainMethods");

/** Makes the const of an interface, and tells its client and server classes what they are. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- generated code annotates its consts
export function interfaceType<T extends InterfaceType>(init: InterfaceInit): T {
  const definition = new InterfaceDefinition(init);
  known.set(init.id, definition);
  const described = { value: definition };
  Object.defineProperty(init.Client.prototype, "$interface", described);
  Object.defineProperty((init.Server as { prototype: object }).prototype, "$interface", described);
  // The one place where an interface's run-time and type-level faces are joined.
  return definition as unknown as T;
}

/** Every interface of this program, by its id; there are as many as it was compiled with. */
const known = new Map<bigint, InterfaceDefinition>();

/** A method in the schema's words where it is defined here, else in the wire's. */
export function methodPlace(
  interfaceId: bigint,
  methodId: number,
): { readonly interface: string; readonly method: string; readonly isDefined: boolean } {
  const definition = known.get(interfaceId);
  const name = definition?.methods.get(interfaceId)?.[methodId]?.name;
  return {
    interface: definition?.name ?? `0x${interfaceId.toString(16).padStart(16, "0")}`,
    method: name ?? String(methodId),
    isDefined: name !== undefined,
  };
}

/** What is underneath a const that `interfaceType` made. */
export function definitionOf(type: InterfaceType): InterfaceDefinition {
  if (!(type instanceof InterfaceDefinition)) throw new TypeError("not a generated interface");
  return type;
}
