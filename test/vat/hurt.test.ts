import { expect, it } from "vitest";
import { type Logger, RpcError } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, pair, TestCounter, until } from "./support.ts";

const failureOf = (call: PromiseLike<unknown>) => call.then(null, (reason: unknown) => reason);

function throwing(): never {
  throw new Error("the disk is full");
}

/** A logger that keeps what is said. */
function listening(): { readonly logger: Logger; readonly lines: string[] } {
  const lines: string[] = [];
  const say = (level: string) => (_: object, message: string) =>
    void lines.push(`${level} ${message}`);
  const [debug, info, warn, error] = ["debug", "info", "warn", "error"].map(say) as [
    Logger["debug"],
    Logger["info"],
    Logger["warn"],
    Logger["error"],
  ];
  return { logger: { debug, info, warn, error }, lines };
}

it("a vat outlives a logger that throws", async () => {
  const logger = { debug: throwing, info: throwing, warn: throwing, error: throwing };
  const { root } = await pair({ logger });
  expect(String(await failureOf(root.fail({ how: "secretly" })))).toContain("internal error");
  expect((await root.add({ amount: 1 })).total).toBe(1);
});

it("a vat outlives a method whose promise is none", async () => {
  const { root, counter } = await pair({ logger: listening().logger });
  counter.child = () => ({ then: throwing });
  expect(String(await failureOf(root.child({ start: 1 })))).toContain("internal error");
  expect((await root.add({ amount: 1 })).total).toBe(1);
});

it.each([Infinity, 2 ** 31, 2 ** 40])("a call may take %d ms", async (timeoutMs) => {
  const { root } = await pair();
  expect((await root.add({ amount: 1 }, { timeoutMs })).total).toBe(1);
});

it.each([NaN, -1])("a call is not made for %d ms", async (timeoutMs) => {
  const { root, log } = await pair();
  expect(await failureOf(root.add({ amount: 1 }, { timeoutMs }))).toMatchObject({ executed: "no" });
  await root.add({ amount: 2 });
  expect(log).toEqual(["add 2"]);
});

it("a door that opens while the vat closes is closed", async () => {
  const vat = await openVat({ admit: "anyone" });
  const opening = vat.listen(LOOPBACK);
  await vat.close();
  await expect(opening).rejects.toMatchObject({ code: "CLOSED" });
});

it("a tail call with parameters that cannot be sent fails the call", async () => {
  const { root, counter } = await pair({ logger: listening().logger });
  counter.through = ({ counter: other }, call) => {
    try {
      return call.tailCall(other, "add", { amount: -1 });
    } catch {
      return { total: 7 };
    }
  };
  expect((await root.through({ counter: new TestCounter() })).total).toBe(7);
});

it("a tail call gives its call's parameters back", async () => {
  const log: string[] = [];
  const { root } = await pair();
  await root.through({ counter: new TestCounter(5, log), amount: 1, how: "tail" });
  await until(() => log.includes("dropped 6"));
});

it("a method that returns a call hears when its caller gives up", async () => {
  const { root, counter, log } = await pair();
  counter.through = ({ counter: other }, call) => {
    call.signal.addEventListener("abort", () => log.push("heard"));
    return other.hold() as unknown as Counter.Through.Returns;
  };
  const inner: string[] = [];
  const call = root.through({ counter: new TestCounter(0, inner) }, { timeoutMs: 50 });
  expect(await failureOf(call)).toMatchObject({ code: "TIMEOUT" });
  await until(() => log.includes("heard") && inner.includes("cancelled"));
});

it("a call that is given up is no internal error", async () => {
  const { logger, lines } = listening();
  const { root, counter } = await pair({ logger });
  const caller = new AbortController();
  let ended = false;
  counter.hold = async (_, call) => {
    const gone = new Promise((resolve) => {
      call.signal.addEventListener("abort", resolve);
    });
    caller.abort();
    await gone;
    ended = true;
    throw new Error("aborted");
  };
  await failureOf(root.hold({}, { signal: caller.signal }));
  await until(() => ended);
  await root.add({ amount: 1 });
  expect(lines.filter((line) => line.startsWith("error"))).toEqual([]);
});

it("a failed connection behind a method tells its caller no host and no port", async () => {
  const lost = await openVat();
  const { identity } = await openVat();
  const inner = lost.connect(`capnp://${identity.id}@127.0.0.1:1`).bootstrap(Counter);
  const { root, counter } = await pair();
  counter.child = () => inner.child({ start: 1 });
  const failure = await failureOf(root.child({ start: 1 }));
  expect(failure).toBeInstanceOf(RpcError);
  expect(String(failure)).toContain("CONNECTION_REFUSED");
  expect(String(failure)).not.toContain("127.0.0.1");
});
