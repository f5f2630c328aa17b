import { type Hook } from "../rpc/index.ts";
import { type Client, type ClientOf, type InterfaceType } from "../capnp/index.ts";
import { definitionOf, type InterfaceDefinition } from "./interface-definition.ts";
import { Reference } from "./reference.ts";

/** What generated client classes extend; their methods begin with the schema's names. */
export abstract class ClientBase {
  /** Set once a class by `interfaceType`. */
  declare readonly $interface: InterfaceDefinition;
  readonly $reference: Reference;

  constructor(reference: Reference) {
    this.$reference = reference;
  }

  [Symbol.dispose](): void {
    this.$reference.release();
  }
}

/** A stub of `type` over a reference that it takes over. */
export function clientOf<T extends InterfaceType>(type: T, reference: Reference): ClientOf<T> {
  // interfaceType() made the class and the type together.
  return new (definitionOf(type).Client)(reference) as unknown as ClientOf<T>;
}

/** A stub of `type` over a hook whose reference it takes over. */
export function clientOfHook<T extends InterfaceType>(type: T, hook: Hook): ClientOf<T> {
  return clientOf(type, new Reference(hook));
}

/** Whether this is the null capability; calling it is an error of the caller. */
export function isNull(client: Client): boolean {
  return referenceOf(client).hook === undefined;
}

/** A second handle on the same object, with a life of its own: dispose it too. */
export function dup<C extends Client>(client: C): C {
  return likeStub(client, retained(referenceOf(client)));
}

/** A stub of the same interface over another hook, whose reference it takes over. */
export function sameStub<C extends Client>(client: C, hook: Hook): C {
  return likeStub(client, new Reference(hook));
}

function likeStub<C extends Client>(client: C, reference: Reference): C {
  const { Client: Stub } = interfaceOf(client);
  return new Stub(reference) as unknown as C; // the same class as `client`
}

/** The same object under another interface, with a life of its own. Nothing is asked of the peer. */
export function cast<T extends InterfaceType>(client: Client, type: T): ClientOf<T> {
  return clientOf(type, retained(referenceOf(client)));
}

/** Whether two stubs lead to the same object, as far as is known here without asking a peer. */
export function isSame(left: Client, right: Client): boolean {
  const [hook, other] = [referenceOf(left).hook, referenceOf(right).hook];
  return hook !== undefined && hook.resolved() === other?.resolved();
}

/** The interface that a stub speaks. */
export function interfaceOf(client: Client): InterfaceDefinition {
  return asBase(client).$interface;
}

/** Whether a value is a capability of this library. */
export function isClient(value: unknown): value is Client {
  return value instanceof ClientBase;
}

/** What a stub stands on; the stub keeps it. Throws `TypeError` for what is no capability. */
export function referenceOf(client: Client): Reference {
  return asBase(client).$reference;
}

function asBase(client: Client): ClientBase {
  if (!(client instanceof ClientBase)) throw new TypeError("not a capability of this library");
  return client;
}

function retained(reference: Reference): Reference {
  return new Reference(reference.hook?.retain(), reference.why);
}
