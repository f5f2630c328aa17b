import { nameOf } from "./name-annotation.ts";
import { memberName } from "./reserved-names.ts";
import { type Id, type InterfaceNode, type Schema, type Superclass } from "./schema.ts";

/** A method as an interface that has it, its own or inherited, calls it. */
export interface InterfaceMethod {
  readonly ownerId: Id;
  readonly methodId: number;
  readonly name: string;
  /** The parents that hand it down, with their names for it; none for a method of its own. */
  readonly from: readonly Inheritance[];
}

export interface Inheritance {
  readonly parent: Superclass;
  readonly name: string;
}

/**
 * All methods of an interface, ancestors first. A method keeps the name it has in the first parent
 * that has it; one that comes later under a name already given, as in a child that declares what
 * its parent declares too, is called that with a `_`. What a diamond inherits twice is there once.
 */
export function methodsOf(node: InterfaceNode, schema: Schema): readonly InterfaceMethod[] {
  const found: InterfaceMethod[] = [];
  const freeName = (wanted: string): string =>
    found.some(({ name }) => name === wanted) ? freeName(`${wanted}_`) : wanted;

  for (const parent of node.superclasses) {
    const target = schema.nodes.get(parent.id);
    if (target?.is !== "interface") continue;
    for (const { ownerId, methodId, name } of methodsOf(target, schema)) {
      const at = found.findIndex((it) => it.ownerId === ownerId && it.methodId === methodId);
      const known = found[at];
      if (known) found[at] = { ...known, from: [...known.from, { parent, name }] };
      else found.push({ ownerId, methodId, name: freeName(name), from: [{ parent, name }] });
    }
  }
  node.methods.forEach((method, methodId) => {
    const name = freeName(nameOf(method, method.name, memberName));
    found.push({ ownerId: node.id, methodId, name, from: [] });
  });
  return found;
}

/** Whether a parent knows the method by another name, so that its types do not fit here. */
export function isRenamed({ name, from }: InterfaceMethod): boolean {
  return from.some((it) => it.name !== name);
}
