/**
 * Memoises what generated code makes for each binding of a generic struct or interface, so that
 * `Map.of(Text, Book)` is one and the same type wherever it is written.
 */
export function generic<Parameters extends readonly object[], T>(
  make: (...parameters: Parameters) => T,
): (...parameters: Parameters) => T {
  const root = new Binding<T>();
  return (...parameters) => {
    let binding = root;
    for (const parameter of parameters) binding = binding.bound(parameter);
    return (binding.made ??= { value: make(...parameters) }).value;
  };
}

/** One parameter bound: a node of a tree that does not keep its parameters alive. */
class Binding<T> {
  readonly #next = new WeakMap<object, Binding<T>>();
  made: { readonly value: T } | undefined = undefined;

  bound(parameter: object): Binding<T> {
    let next = this.#next.get(parameter);
    if (next === undefined) this.#next.set(parameter, (next = new Binding()));
    return next;
  }
}
