import { type Client } from "../capnp/index.ts";
import { Membrane } from "../rpc/index.ts";
import { type Allow, gateOf } from "./allow.ts";
import { dup, interfaceOf, referenceOf, sameStub } from "./client.ts";

/** What an attenuated reference lets through, and how far. */
export interface AttenuateOptions<C extends Client> {
  /** Which calls go. */
  readonly allow: Allow<C>;
  /**
   * Whether the same function is asked about all that is reached through it. Default `false`: what
   * its methods return are references of their own.
   */
  readonly membrane?: boolean | undefined;
  /** For people: what it is called in dumps and logs. Default: as the capability is. */
  readonly label?: string | undefined;
}

/**
 * Less of a capability: a reference through which only some calls go. The others are refused as
 * `insufficient_scope`, before they reach anybody. Both references are the caller's to dispose; in
 * a method, `call.mint` with `allow` makes one that goes by itself. Throws `TypeError` for a name
 * that is no method, and for names at a membrane.
 */
export function attenuate<C extends Client>(client: C, options: AttenuateOptions<C>): C {
  const { allow, membrane = false, label } = options;
  const gate = gateOf(interfaceOf(client), allow, membrane);
  const { hook } = referenceOf(client);
  if (hook === undefined) return dup(client);
  const boundary = new Membrane(hook.turns, {
    inward: (request) => gate(request) ?? request,
    shallow: !membrane,
    label,
  });
  return sameStub(client, boundary.wrap(hook.retain()));
}
