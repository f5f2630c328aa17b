import { createWriteStream } from "node:fs";
import { devNull } from "node:os";
import { type AccessLog, accessLog, type CallContext } from "handfast";
import { type Bench } from "../bench.capnp.ts";
import { BenchObject, handfastRpc } from "./handfast-rpc.ts";

/** Servers that look at every call, one way each. */
export const observedRpc = {
  /** All that a method can know of its caller, and what its call has cost. */
  context: () => handfastRpc("aead64k", { bootstrap: () => new CuriousObject(), statistics: true }),
  /** A line for every call; a lost one fails the calls that follow. */
  accessLog: () => {
    const log = accessLog({ serverId: "bench", sink: createWriteStream(devNull) });
    return handfastRpc("aead64k", { bootstrap: () => new LoggedObject(log), observers: [log] });
  },
} as const;

class CuriousObject extends BenchObject {
  override echo({ payload }: Bench.Echo.Params, call: CallContext) {
    if (call.peer.id === undefined || call.auth.principal === undefined || call.requestId === "") {
      throw new Error("nobody called");
    }
    if (call.stats.bytesIn === 0) throw new Error("no bytes have come");
    return { payload };
  }
}

class LoggedObject extends BenchObject {
  readonly #log: AccessLog;

  constructor(log: AccessLog) {
    super();
    this.#log = log;
  }

  override echo({ payload }: Bench.Echo.Params) {
    if (this.#log.dropped > 0) throw new Error("a line was lost");
    return { payload };
  }
}
