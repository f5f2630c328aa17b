/** The results that a method has returned. Throws `TypeError` for what are none. */
export function resultsIn(value: unknown): object {
  if (typeof value === "object" && value !== null) return value;
  throw new TypeError("a method returns an object: its results, or {} when there are none");
}

/** Whether a method has yet to return. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function" // any thenable will do
  );
}
