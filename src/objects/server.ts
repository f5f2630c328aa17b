import { type Servable, type serves } from "../capnp/index.ts";
import { HookKeeper } from "./hook-keeper.ts";
import { type InterfaceDefinition, plainMethods } from "./interface-definition.ts";

/**
 * What generated server classes extend. A method that a subclass does not define is answered
 * `unimplemented`. When the last reference to the object goes, its `[Symbol.dispose]()` runs, if it
 * has one.
 */
export abstract class Server extends HookKeeper implements Servable {
  declare readonly [serves]: object;
  /** Set once a class by `interfaceType`. */
  declare readonly $interface: InterfaceDefinition;
  /** Set by `serve`: the methods are that object's. */
  declare readonly [plainMethods]?: object;
}

export function isServer(value: unknown): value is Server {
  return value instanceof Server;
}

/** The object whose methods answer, and which they have for `this`. */
export function methodsOf(server: Server): Readonly<Record<string, unknown>> {
  return (server[plainMethods] ?? server) as Readonly<Record<string, unknown>>; // looked up by name
}
