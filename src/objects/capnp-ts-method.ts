import type * as upstream from "capnp-ts";
import { type InterfaceType, type StructType } from "../capnp/index.ts";
import { CallBase } from "./call.ts";
import { ClientBase } from "./client.ts";
import { type InterfaceInit, interfaceType, type Method, method } from "./interface-definition.ts";
import { Server } from "./server.ts";

/** `upstream.Method`, whatever its structs are. */
export interface UpstreamMethod extends Omit<
  upstream.Method<upstream.Struct, upstream.Struct>,
  "ParamsClass" | "ResultsClass"
> {
  readonly ParamsClass: upstream.StructCtor<upstream.Struct>;
  readonly ResultsClass: upstream.StructCtor<upstream.Struct>;
}

/** The type of a struct class of capnp-ts: `capnpTsStruct`, which stands above this file. */
export type StructOf = (Class: upstream.StructCtor<upstream.Struct>) => StructType;

class UpstreamCall extends CallBase<unknown> {}

const methods = new WeakMap<object, Method>();

/** A method of an interface of capnp-ts as ours; one for each entry in a table of methods. */
export function methodFrom(entry: UpstreamMethod, structOf: StructOf): Method {
  let known = methods.get(entry);
  if (known === undefined) {
    const { interfaceId, interfaceName, methodId, methodName } = entry;
    known = method({
      interfaceId,
      interfaceName,
      methodId,
      name: methodName === "then" ? "then_" : methodName,
      params: () => structOf(entry.ParamsClass),
      results: () => structOf(entry.ResultsClass),
      Call: UpstreamCall,
    });
    methods.set(entry, known);
  }
  return known;
}

/** An interface of these methods; upstream lists inherited ones beside an interface's own. */
export function interfaceFrom(
  id: bigint,
  name: string,
  methods: readonly Method[],
): InterfaceInit & { readonly Client: typeof ClientBase } {
  class Stub extends ClientBase {}
  abstract class Served extends Server {}
  const own = methods.filter(({ interfaceId }) => interfaceId === id);
  const inherited = methods.filter(({ interfaceId }) => interfaceId !== id);
  const parents = new Map(inherited.map((it) => [it.interfaceId, it.interfaceName]));
  return {
    id,
    name,
    Client: Stub,
    Server: Served,
    methods: byOrdinal(own),
    extends: () =>
      [...parents].map(([parentId, parentName]) =>
        interfaceType<InterfaceType>(
          interfaceFrom(
            parentId,
            parentName,
            inherited.filter(({ interfaceId }) => interfaceId === parentId),
          ),
        ),
      ),
  };
}

/** The methods by ordinal, which is how a call finds them. */
function byOrdinal(methods: readonly Method[]): readonly Method[] {
  const ordered: Method[] = [];
  for (const it of methods) ordered[it.methodId] = it;
  return ordered;
}
