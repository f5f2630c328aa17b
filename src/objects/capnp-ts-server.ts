import type * as upstream from "capnp-ts";
import { type Servable } from "../capnp/index.ts";
import { referenceBehind, upstreamClient } from "./capnp-ts-client.ts";
import { newCapnpTsStruct } from "./capnp-ts-library.ts";
import {
  interfaceFrom,
  methodFrom,
  type StructOf,
  type UpstreamMethod,
} from "./capnp-ts-method.ts";
import { InterfaceDefinition } from "./interface-definition.ts";
import { Reference } from "./reference.ts";

const servables = new WeakMap<upstream.Server, Servable>();

/** A server of capnp-ts as an object of ours; the same one however often it is handed out. */
export function servableFrom(server: upstream.Server, structOf: StructOf): Servable {
  let servable = servables.get(server);
  if (servable === undefined) servables.set(server, (servable = served(server, structOf)));
  return servable;
}

/** An entry of a server's table; a plain object that lacks the method leaves `impl` out. */
interface Entry extends UpstreamMethod {
  readonly impl?: Implementation;
}

type Implementation = upstream.ServerMethodImpl<upstream.Struct, upstream.Struct>;

/** A server knows no more of its interface than its methods, of which its own stand last. */
function served(server: upstream.Server, structOf: StructOf): Servable {
  const entries = server.methods as readonly Entry[];
  const { interfaceId = 0n, interfaceName = "an interface without methods" } = entries.at(-1) ?? {};
  const methods = entries.map((entry) => methodFrom(entry, structOf));
  const definition = new InterfaceDefinition(interfaceFrom(interfaceId, interfaceName, methods));
  const bodies = entries.flatMap(({ impl, ResultsClass }, index) =>
    impl === undefined ? [] : [[methods[index]?.name, bodyOf(impl, ResultsClass, structOf)]],
  );
  const servable = definition.serve(Object.fromEntries(bodies) as object);
  return Object.defineProperty(servable, "$interface", { value: definition });
}

/** A method as ours: it fills its results in a message of their own. */
function bodyOf(
  implementation: Implementation,
  ResultsClass: upstream.StructCtor<upstream.Struct>,
  structOf: StructOf,
): (params: upstream.Struct) => Promise<upstream.Struct> {
  return async (params) => {
    keepCapabilities(params, structOf);
    const results = newCapnpTsStruct(ResultsClass);
    await implementation(params, results);
    return results;
  };
}

/** Parameters of ours are lent until the call returns; those of capnp-ts live until disposed. */
function keepCapabilities(params: upstream.Struct, structOf: StructOf): void {
  const { capTable = [] } = params.segment.message._capnp;
  for (const [index, client] of capTable.entries()) {
    const lent = client === null ? undefined : referenceBehind(client);
    if (lent === undefined) continue;
    capTable[index] = upstreamClient(new Reference(lent.hook?.retain(), lent.why), structOf);
  }
}
