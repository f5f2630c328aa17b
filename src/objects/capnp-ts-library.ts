import { createRequire } from "node:module";
import type * as upstream from "capnp-ts";
import type * as remotePromise from "capnp-ts/src/rpc/remote-promise.js";

/** The library capnp-ts, with the one thing of it that its index leaves out. */
export type CapnpTs = typeof upstream & Pick<typeof remotePromise, "initRemotePromise">;

let loaded: CapnpTs | undefined;

/** Loaded when it is first needed: it costs more than all the rest of this room. */
export function capnpTs(): CapnpTs {
  if (loaded === undefined) {
    const require = createRequire(import.meta.url);
    const index = require("capnp-ts") as typeof upstream; // both as their .d.ts say
    const deep = require("capnp-ts/src/rpc/remote-promise.js") as typeof remotePromise;
    loaded = { ...index, initRemotePromise: deep.initRemotePromise };
  }
  return loaded;
}

/** An empty struct in a message of its own. */
export function newCapnpTsStruct<S extends upstream.Struct>(Class: upstream.StructCtor<S>): S {
  const { Message } = capnpTs();
  return new Message().initRoot(Class);
}
