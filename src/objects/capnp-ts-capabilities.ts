import type * as upstream from "capnp-ts";
import { BrokenHook, type Hook, RpcError, type TurnQueue } from "../rpc/index.ts";
import { type CapabilitySink, type CapabilitySource, CapnpError } from "../capnp/index.ts";
import { referenceBehind, upstreamClient } from "./capnp-ts-client.ts";
import { type StructOf } from "./capnp-ts-method.ts";
import { servableFrom } from "./capnp-ts-server.ts";
import { referenceOf } from "./client.ts";
import { Capability } from "./generated.ts";
import { Host } from "./host.ts";

/**
 * The capability table of a message of capnp-ts, which is a list of clients, as the table of one of
 * ours: a struct is copied with whatever it refers to.
 */
export class CapnpTsCapabilities implements CapabilitySink {
  readonly clients: (upstream.Client | null)[];
  readonly #structOf: StructOf;

  constructor(clients: (upstream.Client | null)[], structOf: StructOf) {
    this.clients = clients;
    this.#structOf = structOf;
  }

  /** The new client looks through the reference of the source, as the source's own stubs do. */
  adopt(source: CapabilitySource, index: number): number | undefined {
    const reference = referenceOf(source.clientAt(index, Capability));
    if (reference.hook === undefined) return undefined;
    return this.clients.push(upstreamClient(reference, this.#structOf)) - 1;
  }

  hookAt(index: number, turns: TurnQueue): Hook | undefined {
    const client = this.clients[index] ?? undefined;
    if (client === undefined) return undefined;
    const reference = referenceBehind(client);
    if (reference !== undefined) return reference.hook?.retain();
    const target = client._target;
    switch (target.tag) {
      case "local":
        return Host.of(turns).hookOf(servableFrom(target.server, this.#structOf));
      case "broken":
        return new BrokenHook(turns, RpcError.failed(target.reason));
      default:
        throw elsewhere();
    }
  }

  /** Structs are copied whole: no capability is entered or taken by itself. */
  add(): never {
    throw elsewhere();
  }
  clientAt(): never {
    throw elsewhere();
  }

  dispose(): void {
    for (const client of this.clients) client?.dispose();
  }
}

function elsewhere(): CapnpError {
  const why = "a capability of a connection of capnp-ts itself cannot leave it";
  return new CapnpError("NO_CAPABILITIES", why, "incompatible");
}
