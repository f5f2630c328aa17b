import { chosenName } from "./name-annotation.ts";
import { memberName } from "./reserved-names.ts";
import { type Id, type InterfaceNode, type Schema } from "./schema.ts";

/** A method as an interface that has it, its own or inherited, calls it. */
export interface InterfaceMethod {
  readonly ownerId: Id;
  readonly methodId: number;
  readonly name: string;
}

/**
 * All methods of an interface, ancestors first. A method keeps the name it has in the first parent
 * that has it; one that comes later under a name already given, as in a child that declares what
 * its parent declares too, is called that with a `_`. What a diamond inherits twice is there once.
 */
export function methodsOf(node: InterfaceNode, schema: Schema): readonly InterfaceMethod[] {
  const found: InterfaceMethod[] = [];
  const add = (ownerId: Id, methodId: number, wanted: string): void => {
    if (found.some((it) => it.ownerId === ownerId && it.methodId === methodId)) return;
    let name = wanted;
    while (found.some((it) => it.name === name)) name += "_";
    found.push({ ownerId, methodId, name });
  };
  for (const { id } of node.superclasses) {
    const parent = schema.nodes.get(id);
    if (parent?.is !== "interface") continue;
    for (const it of methodsOf(parent, schema)) add(it.ownerId, it.methodId, it.name);
  }
  node.methods.forEach((method, methodId) => {
    add(node.id, methodId, chosenName(method) ?? memberName(method.name));
  });
  return found;
}
