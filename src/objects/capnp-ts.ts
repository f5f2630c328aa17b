/**
 * Interfaces that the generator of capnp-ts made, served and called through our vat. Not streaming
 * ones, whose code imports a module that its own library lacks.
 */
import type * as upstream from "capnp-ts";
import {
  type brand,
  type Call,
  type CallOptions,
  type Client,
  type InterfaceType,
  type Servable,
  type serves,
} from "../capnp/index.ts";
import { referenceBehind, upstreamClient } from "./capnp-ts-client.ts";
import { interfaceFrom, methodFrom, type UpstreamMethod } from "./capnp-ts-method.ts";
import { servableFrom } from "./capnp-ts-server.ts";
import { capnpTsStruct } from "./capnp-ts-struct.ts";
import { type ClientBase, clientOf, referenceOf } from "./client.ts";
import { nest } from "./generated.ts";
import { interfaceType } from "./interface-definition.ts";
import { call } from "./outgoing-call.ts";
import { Reference } from "./reference.ts";

/** A client that capnp-ts's generator wrote: methods around the client of the library. */
export interface CapnpTsStub {
  readonly client: upstream.Client;
}

/** The const of an interface in code that capnp-ts's generator wrote: `X`, with `X.Client`. */
export interface CapnpTsInterface<
  C extends CapnpTsStub = CapnpTsStub,
  S extends upstream.Server = upstream.Server,
> extends CapnpTsGeneric<S> {
  readonly Client: (new (client: upstream.Client) => C) & {
    readonly methods: readonly UpstreamMethod[];
  };
}

/** The const of a generic one, whose clients are told what its parameters are bound to. */
export interface CapnpTsGeneric<S extends upstream.Server = upstream.Server> {
  readonly _capnp: { readonly displayName: string; readonly id: string };
  readonly Server: new (target: never) => S;
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
  /**
   * The same reference as upstream's own client, for its structs to carry and for code written
   * against it, which pipelines as it always did. Disposing either gives the reference back.
   */
  wrap(client: CapnpTsClient<C>): C;
  /**
   * The other way round, of a client that came in a struct or that `wrap` made. Throws `TypeError`
   * for one that leads to a server of upstream in this process: `serve` that.
   */
  unwrap(client: C): CapnpTsClient<C>;
}

/**
 * An interface of capnp-ts as one of ours, for `bootstrap`, `cast` and `serve`. Its structs are
 * copied as they come in and go out, so they outlive the call. Capabilities in parameters live
 * until they are disposed, as upstream has it; those in results belong to the results.
 *
 * Of a generic interface one also tells how its clients are made:
 * `fromCapnpTs(Cell, (client) => new Cell.Client(client, [Parcel]))`.
 */
export function fromCapnpTs<C extends CapnpTsStub, S extends upstream.Server>(
  upstreamType: CapnpTsInterface<C, S>,
): CapnpTsType<C, S>;
export function fromCapnpTs<C extends CapnpTsStub, S extends upstream.Server>(
  upstreamType: CapnpTsGeneric<S>,
  toClient: (client: upstream.Client) => C,
): CapnpTsType<C, S>;
export function fromCapnpTs<C extends CapnpTsStub, S extends upstream.Server>(
  upstreamType: CapnpTsInterface<C, S> | CapnpTsGeneric<S>,
  toBound?: (client: upstream.Client) => C,
): CapnpTsType<C, S> {
  const { _capnp, Server: UpstreamServer } = upstreamType;
  const { toClient, entries } = clientsOf(upstreamType as CapnpTsInterface<C, S>, toBound);
  const methods = entries.map((it) => methodFrom(it, capnpTsStruct));
  const id = BigInt(`0x${_capnp.id}`);
  const own = methods.find(({ interfaceId }) => interfaceId === id);
  const description = interfaceFrom(id, own?.interfaceName ?? _capnp.displayName, methods);
  for (const it of methods) {
    Object.defineProperty(description.Client.prototype, it.name, {
      value(this: ClientBase, params?: object, options?: CallOptions) {
        return call(this, it, params, options);
      },
    });
  }
  const type = interfaceType<InterfaceType<CapnpTsClient<C>, CapnpTsServable<C>>>(description);
  return nest(type, {
    serve(server: S): CapnpTsServable<C> {
      if (!(server instanceof UpstreamServer)) {
        throw new TypeError(`not a server of capnp-ts for ${type.name}`);
      }
      return servableFrom(server, capnpTsStruct) as CapnpTsServable<C>; // as its class says
    },
    wrap: (client: CapnpTsClient<C>): C =>
      toClient(upstreamClient(referenceOf(client), capnpTsStruct)),
    unwrap({ client }: C): CapnpTsClient<C> {
      const reference = referenceBehind(client);
      if (reference === undefined) throw new TypeError("this client of capnp-ts is of no vat");
      return clientOf(type, reference);
    },
  });
}

/** Upstream keeps the methods in the class; those of a generic, with its structs, in each client. */
function clientsOf<C extends CapnpTsStub, S extends upstream.Server>(
  { Client, _capnp }: CapnpTsInterface<C, S>,
  toBound: ((client: upstream.Client) => C) | undefined,
): {
  readonly toClient: (client: upstream.Client) => C;
  readonly entries: readonly UpstreamMethod[];
} {
  if (toBound === undefined) {
    const entries = Client.methods as readonly UpstreamMethod[] | undefined;
    if (entries === undefined) {
      throw new TypeError(`${_capnp.displayName} is generic: say how its clients are made`);
    }
    return { toClient: (client) => new Client(client), entries };
  }
  const ofNothing: object = toBound(upstreamClient(new Reference(undefined), capnpTsStruct));
  const { methods = [] } = ofNothing as { readonly methods?: readonly UpstreamMethod[] };
  return { toClient: toBound, entries: methods };
}
