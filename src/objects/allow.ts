import { AuthError } from "../base/index.ts";
import { type Call, type Client } from "../capnp/index.ts";
import { type Request, type RpcError } from "../rpc/index.ts";
import { type InterfaceDefinition, methodPlace } from "./interface-definition.ts";
import { refused } from "./refusal-detail.ts";

/**
 * Which calls go through a reference: those of its own interface's methods that are named, or
 * whatever a function returns `true` for. A function that throws lets nothing through.
 */
export type Allow<C extends Client> = readonly MethodName<C>[] | ((call: AskedCall) => boolean);

/** The names of an interface's methods, as its stubs spell them. */
export type MethodName<C extends Client> = {
  [K in keyof C & string]: C[K] extends (...args: never[]) => Call<object> ? K : never;
}[keyof C & string];

/** A call that asks to go through; in the wire's words where the schema is not known here. */
export interface AskedCall {
  /** Such as `library.capnp:Desk`: the interface that declares the method. */
  readonly interface: string;
  readonly method: string;
}

/** Why a call does not go through: `undefined` when it does. */
export type Gate = (request: Request) => RpcError | undefined;

/**
 * The gate of `definition`'s references, for more than them when it is a membrane's. Throws
 * `TypeError` for a name that is no method, and for names at a membrane.
 */
export function gateOf(
  definition: InterfaceDefinition,
  allow: readonly string[] | ((call: AskedCall) => boolean),
  membrane: boolean,
): Gate {
  if (membrane && typeof allow !== "function") {
    throw new TypeError("names are those of one interface: a membrane wants a function");
  }
  const allows = typeof allow === "function" ? asking(allow) : among(definition, allow);
  return (request) => (allows(request) ? undefined : refused(INSUFFICIENT));
}

const INSUFFICIENT = new AuthError({ reason: "insufficient_scope" });

function asking(allow: (call: AskedCall) => boolean): (request: Request) => boolean {
  return ({ interfaceId, methodId }) => {
    try {
      const { interface: name, method } = methodPlace(interfaceId, methodId);
      const answer: unknown = allow({ interface: name, method });
      return answer === true; // a promise is no yes
    } catch {
      return false;
    }
  };
}

/** By ids: a method of the same name in an interface that the object also has is another one. */
function among(
  definition: InterfaceDefinition,
  names: readonly string[],
): (request: Request) => boolean {
  const allowed = new Set(
    names.map((name) => {
      const method = definition.methodNamed(name);
      if (method === undefined) throw new TypeError(`${definition.name} has no method ${name}`);
      return keyOf(method);
    }),
  );
  return (request) => allowed.has(keyOf(request));
}

function keyOf({ interfaceId, methodId }: Pick<Request, "interfaceId" | "methodId">): string {
  return `${interfaceId}/${methodId}`;
}
