import { type CallContext } from "handfast";
import { type Bench } from "../bench.capnp.ts";
import { BenchObject, handfastRpc } from "./handfast-rpc.ts";

/** Servers that look at every call, one way each. */
export const observedRpc = {
  /** All that a method can know of its caller. */
  context: () => handfastRpc("aead64k", { bootstrap: () => new CuriousObject() }),
} as const;

class CuriousObject extends BenchObject {
  override echo({ payload }: Bench.Echo.Params, call: CallContext) {
    if (call.peer.id === undefined || call.auth.principal === undefined || call.requestId === "") {
      throw new Error("nobody called");
    }
    return { payload };
  }
}
