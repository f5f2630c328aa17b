import type * as upstream from "capnp-ts";
import { type CallBase } from "./call.ts";
import { capnpTs } from "./capnp-ts-library.ts";
import { methodFrom, type StructOf } from "./capnp-ts-method.ts";
import { ClientBase, referenceOf } from "./client.ts";
import { Capability } from "./generated.ts";
import { call } from "./outgoing-call.ts";
import { type Reference } from "./reference.ts";

/** A client of capnp-ts that calls through a reference of ours; disposing either ends both. */
export function upstreamClient(reference: Reference, structOf: StructOf): upstream.Client {
  const Client = (BridgeClient ??= defineClient());
  return new Client(reference, structOf);
}

/** What such a client stands for; `undefined` for one that capnp-ts itself has made. */
export function referenceBehind(client: upstream.Client): Reference | undefined {
  return references.get(client);
}

const references = new WeakMap<upstream.Client, Reference>();

/** Calls any method that it is told to call. */
class Stub extends ClientBase {}

let BridgeClient: ReturnType<typeof defineClient> | undefined;

function defineClient() {
  const { Client, RemotePromise, initRemotePromise } = capnpTs();
  return class extends Client {
    readonly #reference: Reference;
    readonly #structOf: StructOf;

    constructor(reference: Reference, structOf: StructOf) {
      super({ tag: "broken", reason: "a capability of handfast" }); // to connections of capnp-ts
      this.#reference = reference;
      this.#structOf = structOf;
      references.set(this, reference);
    }

    override call<
      P extends upstream.Struct,
      R extends upstream.Struct,
      A extends upstream.RemotePromise<R> = upstream.RemotePromise<R>,
    >(
      entry: upstream.Method<P, R>,
      params?: upstream.ParamsInit<P>,
      // The default is upstream's own.
      Promised: new () => A = RemotePromise<R> as unknown as new () => A,
    ): A {
      const structOf = this.#structOf;
      const stub = new Stub(this.#reference);
      const underWay = call<CallBase<R>>(stub, methodFrom(entry, structOf), params, undefined);
      return initRemotePromise<R, A>(Promised, {
        get promise() {
          return underWay.then(); // no promise but for who awaits it
        },
        pipeline: (index) =>
          upstreamClient(referenceOf(underWay.$pipeline([index], Capability)), structOf),
      });
    }

    override dispose(): void {
      this.#reference.release();
    }
  };
}
