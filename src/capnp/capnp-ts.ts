/**
 * Interfaces that the generator of capnp-ts made, served and called through our vat.
 *
 * Not streaming, and not generic interfaces, whose methods upstream keeps in each client.
 */
import type * as upstream from "capnp-ts";
import { CallBase } from "./call.ts";
import { capnpTsStruct, newCapnpTsStruct } from "./capnp-ts-struct.ts";
import { ClientBase } from "./client.ts";
import { nest } from "./generated.ts";
import {
  definitionOf,
  type InterfaceDefinition,
  interfaceType,
  type Method,
  method,
} from "./interface-definition.ts";
import {
  type brand,
  type Call,
  type CallOptions,
  type Client,
  type InterfaceType,
  type Servable,
  type serves,
} from "./interface-type.ts";
import { call } from "./outgoing-call.ts";
import { Server } from "./server.ts";

/** The const of an interface in code that capnp-ts's generator wrote: `X`, with `X.Client`. */
export interface CapnpTsInterface<C = unknown, S extends upstream.Server = upstream.Server> {
  readonly _capnp: { readonly displayName: string; readonly id: string };
  readonly Client: (new (client: upstream.Client) => C) & {
    readonly methods: readonly UpstreamMethod[];
  };
  readonly Server: new (target: never) => S;
}

/** `upstream.Method`, whatever its structs are. */
interface UpstreamMethod extends Omit<
  upstream.Method<upstream.Struct, upstream.Struct>,
  "ParamsClass" | "ResultsClass"
> {
  readonly ParamsClass: upstream.StructCtor<upstream.Struct>;
  readonly ResultsClass: upstream.StructCtor<upstream.Struct>;
}

/** Our client of such an interface: upstream's parameters and results, our calls. */
export type CapnpTsClient<C> = Client & {
  readonly [brand]: { readonly "capnp-ts": C };
} & {
  readonly [Name in keyof C as C[Name] extends Stub ? Spelt<Name> : never]: C[Name] extends (
    params?: infer Params,
  ) => upstream.RemotePromise<infer Results>
    ? (params?: Params, options?: CallOptions) => Call<Results>
    : never;
};

type Stub = (...args: never[]) => upstream.RemotePromise<unknown>;
type Spelt<Name> = Name extends "then" ? "then_" : Name;

/** An object of such an interface that this vat can hand out references to. */
export interface CapnpTsServable<C> extends Servable {
  readonly [serves]: { readonly "capnp-ts": C };
}

/** What `fromCapnpTs` makes of an interface. */
export interface CapnpTsType<C, S extends upstream.Server> extends InterfaceType<
  CapnpTsClient<C>,
  CapnpTsServable<C>
> {
  /** Serves what upstream serves: `Echo.serve(new Upstream.Server({ … }))`. */
  serve(server: S): CapnpTsServable<C>;
}

/**
 * An interface of capnp-ts as one of ours, for `bootstrap`, `cast` and `serve`. Its structs are
 * copied as they come in and go out, so they outlive the call.
 */
export function fromCapnpTs<C, S extends upstream.Server>(
  upstreamType: CapnpTsInterface<C, S>,
): CapnpTsType<C, S> {
  const { _capnp, Client: UpstreamClient, Server: UpstreamServer } = upstreamType;
  const upstreamMethods = UpstreamClient.methods as readonly UpstreamMethod[] | undefined;
  if (upstreamMethods === undefined) {
    throw new TypeError(`${_capnp.displayName} is generic, which capnp-ts keeps to itself`);
  }
  const id = BigInt(`0x${_capnp.id}`);
  const own = upstreamMethods.find(({ interfaceId }) => interfaceId === id);
  const methods = upstreamMethods.map(methodFrom);

  class Stub extends ClientBase {}
  for (const it of methods) {
    Object.defineProperty(Stub.prototype, it.name, {
      value(this: Stub, params?: object, options?: CallOptions) {
        return call(this, it, params, options);
      },
    });
  }
  abstract class Served extends Server {}

  const type = interfaceType<InterfaceType<CapnpTsClient<C>, CapnpTsServable<C>>>({
    id,
    name: own?.interfaceName ?? _capnp.displayName,
    Client: Stub,
    Server: Served,
    methods: ordered(methods.filter(({ interfaceId }) => interfaceId === id)),
    extends: () => ancestors(methods, id),
  });
  const definition = definitionOf(type);
  const serveObject = definition.serve.bind(definition);
  return nest(type, {
    serve(server: S): CapnpTsServable<C> {
      if (!(server instanceof UpstreamServer)) {
        throw new TypeError(`not a server of capnp-ts for ${type.name}`);
      }
      return serveObject(bodiesOf(server, definition)) as CapnpTsServable<C>; // as its class says
    },
  });
}

class UpstreamCall extends CallBase<unknown> {}

function methodFrom(upstreamMethod: UpstreamMethod): Method {
  const { interfaceId, interfaceName, methodId, methodName } = upstreamMethod;
  return method({
    interfaceId,
    interfaceName,
    methodId,
    name: methodName === "then" ? "then_" : methodName,
    params: () => capnpTsStruct(upstreamMethod.ParamsClass),
    results: () => capnpTsStruct(upstreamMethod.ResultsClass),
    Call: UpstreamCall,
  });
}

/** The methods by ordinal, which is how a call finds them. */
function ordered(methods: readonly Method[]): readonly Method[] {
  const byOrdinal: Method[] = [];
  for (const it of methods) byOrdinal[it.methodId] = it;
  return byOrdinal;
}

/** Upstream lists inherited methods beside an interface's own; here each needs its declarer. */
function ancestors(methods: readonly Method[], id: bigint): readonly InterfaceType[] {
  const inherited = methods.filter(({ interfaceId }) => interfaceId !== id);
  return [...new Set(inherited.map(({ interfaceId }) => interfaceId))].map((parentId) => {
    const theirs = inherited.filter(({ interfaceId }) => interfaceId === parentId);
    class Ancestor extends ClientBase {}
    abstract class AncestorServer extends Server {}
    return interfaceType({
      id: parentId,
      name: theirs[0]?.interfaceName ?? "",
      Client: Ancestor,
      Server: AncestorServer,
      methods: ordered(theirs),
    });
  });
}

/** The methods of an upstream server as ours: they fill their results in a message of their own. */
function bodiesOf(server: upstream.Server, definition: InterfaceDefinition): object {
  const bodies: Record<string, (params: upstream.Struct) => Promise<upstream.Struct>> = {};
  for (const entry of server.methods as readonly Implemented[]) {
    const known = definition.methods.get(entry.interfaceId)?.[entry.methodId];
    if (known === undefined || entry.impl === undefined) continue;
    bodies[known.name] = async (params) => {
      const results = newCapnpTsStruct(entry.ResultsClass);
      await entry.impl?.(params, results);
      return results;
    };
  }
  return bodies;
}

/** An entry of a server's table; a plain object that lacks the method leaves `impl` out. */
interface Implemented extends UpstreamMethod {
  readonly impl?: upstream.ServerMethodImpl<upstream.Struct, upstream.Struct>;
}
