import { CodegenError } from "./codegen-error.ts";
import { nameOf } from "./name-annotation.ts";
import { memberName } from "./reserved-names.ts";
import { type Id, type InterfaceNode, type Schema, type Superclass } from "./schema.ts";

/** A method as an interface that has it, its own or inherited, calls it. */
export interface InterfaceMethod {
  readonly ownerId: Id;
  readonly methodId: number;
  readonly name: string;
  /** The parents that hand it down, with their names for it; none for a method of its own. */
  readonly from: readonly Inherited[];
}

export interface Inherited {
  readonly parent: Superclass;
  readonly name: string;
}

/** Which methods the interfaces of a schema have. */
export class Inheritance {
  readonly #schema: Schema;
  /** `undefined` while it is being found out. */
  readonly #known = new Map<Id, readonly InterfaceMethod[] | undefined>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /**
   * All methods of an interface, ancestors first. A method keeps the name it has in the first parent
   * that has it; one that comes later under a name already given, as in a child that declares what
   * its parent declares too, is called that with a `_`. What a diamond inherits twice is there once.
   * Throws `REQUEST_INVALID` for an interface that is its own ancestor.
   */
  methodsOf(node: InterfaceNode): readonly InterfaceMethod[] {
    const known = this.#known.get(node.id);
    if (known) return known;
    if (this.#known.has(node.id)) {
      throw new CodegenError("REQUEST_INVALID", `${node.displayName} extends itself`);
    }
    this.#known.set(node.id, undefined);
    const found = this.#find(node);
    this.#known.set(node.id, found);
    return found;
  }

  #find(node: InterfaceNode): readonly InterfaceMethod[] {
    const found: InterfaceMethod[] = [];
    const freeName = (wanted: string): string =>
      found.some(({ name }) => name === wanted) ? freeName(`${wanted}_`) : wanted;

    for (const parent of node.superclasses) {
      const target = this.#schema.nodes.get(parent.id);
      if (target?.is !== "interface") continue;
      for (const { ownerId, methodId, name } of this.methodsOf(target)) {
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
}

/** Whether a parent knows the method by another name, so that its types do not fit here. */
export function isRenamed({ name, from }: InterfaceMethod): boolean {
  return from.some((it) => it.name !== name);
}
