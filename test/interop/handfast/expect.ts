import { RpcError } from "handfast";
import { type Interop, type Kind } from "./interop.capnp.ts";
import { type Journal } from "./objects.ts";

export function expectEqual<T>(actual: T, expected: T, what: string): void {
  if (actual !== expected) throw new Error(`${what} is ${String(actual)}, not ${String(expected)}`);
}

/** The call fails with this kind, and a reason that contains this one. */
export async function expectFailure(
  call: PromiseLike<unknown>,
  kind: Kind & string,
  reason: string,
): Promise<void> {
  const failure: unknown = await call.then(
    () => new Error("the call succeeded"),
    (error: unknown) => error,
  );
  if (!(failure instanceof RpcError)) throw failure as Error; // ours, or a defect of the library
  expectEqual(failure.kind, kind, "the kind of exception");
  if (!failure.message.includes(reason)) throw new Error(`the reason is lost: ${failure.message}`);
}

/** The texts "0", "1", … arrived in this order. */
export function expectInOrder({ texts }: Journal, count: number): void {
  const expected = Array.from({ length: count }, (_, index) => String(index));
  expectEqual(texts.join(" "), expected.join(" "), "the order of delivery");
}

/** The answer to `ask`, when the callback is hosted there. */
export async function expectReplies(
  call: Interop.Ask.Call,
  { host, times }: { readonly host: string; readonly times: number },
): Promise<void> {
  const { replies } = await call;
  const expected = Array.from({ length: times }, (_, index) => `${host}: ask ${index}`);
  expectEqual(replies.toArray().join(), expected.join(), "the replies");
}
