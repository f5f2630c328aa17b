import { describe, expect, it } from "vitest";
import { type Interceptor, RpcError } from "handfast";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, pair, TestCounter, until } from "./support.ts";

const failureOf = (call: PromiseLike<unknown>) => call.then(null, (reason: unknown) => reason);

/** Both ends with the same interceptors, or one of them. */
async function between(interceptors: readonly Interceptor[], where: "server" | "client") {
  const log: string[] = [];
  const counter = new TestCounter(0, log);
  const at = (end: string) => (end === where ? { interceptors } : {});
  const server = await openVat({ admit: "anyone", bootstrap: () => counter, ...at("server") });
  const { address } = await server.listen(LOOPBACK);
  const client = await openVat(at("client"));
  return { log, counter, client, server, root: client.connect(address).bootstrap(Counter) };
}

describe.each(["server", "client"] as const)("an interceptor at the %s", (where) => {
  it("stands around the call, the first outermost, and sees how it ends", async () => {
    const seen: string[] = [];
    const named =
      (name: string): Interceptor =>
      (next) =>
      async (call) => {
        seen.push(`${name} before ${call.side} ${call.method}`);
        try {
          await next(call);
          seen.push(`${name} after`);
        } catch (error) {
          seen.push(`${name} saw ${error instanceof RpcError ? error.code : String(error)}`);
          throw error;
        }
      };
    const { root } = await between([named("outer"), named("inner")], where);
    expect((await root.add({ amount: 1 })).total).toBe(1);
    await until(() => seen.length === 4);
    const side = where === "server" ? "served" : "made";
    expect(seen).toEqual([
      `outer before ${side} add`,
      `inner before ${side} add`,
      "inner after",
      "outer after",
    ]);
    expect(await failureOf(root.fail({ how: "rpc" }))).toMatchObject({ code: "OVERLOADED" });
    await until(() => seen.includes("outer saw OVERLOADED"));
  });

  it("that awaits cannot reorder calls", async () => {
    const waits: (() => void)[] = [];
    const slow: Interceptor = (next) => async (call) => {
      await new Promise<void>((resolve) => waits.push(resolve));
      await next(call);
    };
    const { root, log } = await between([slow], where);
    const calls = [1, 2, 3].map((amount) => root.add({ amount }).then(() => {}));
    await until(() => waits.length === 3);
    waits[2]?.();
    waits[1]?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(log).toEqual([]);
    waits[0]?.();
    await Promise.all(calls);
    expect(log).toEqual(["add 1", "add 2", "add 3"]);
  });

  it("that refuses a call lets those behind it go on", async () => {
    let count = 0;
    const picky: Interceptor = (next) => (call) => {
      count += 1;
      if (count === 1) throw RpcError.overloaded("not this one");
      return next(call);
    };
    const { root, log } = await between([picky], where);
    const [refused, admitted] = [root.add({ amount: 1 }), root.add({ amount: 2 })];
    const failure = await failureOf(refused);
    expect(failure).toMatchObject({ code: "OVERLOADED" });
    expect(String(failure)).toContain("not this one");
    await admitted;
    expect(log).toEqual(["add 2"]);
  });

  it("that returns without calling next has refused; a second next does nothing", async () => {
    let how: "never" | "twice" = "never";
    const sloppy: Interceptor = (next) => async (call) => {
      if (how === "never") return;
      await next(call);
      await next(call).catch(() => {});
    };
    const { root, log } = await between([sloppy], where);
    expect(await failureOf(root.add({ amount: 1 }))).toMatchObject({ code: "FAILED" });
    how = "twice";
    await root.add({ amount: 2 });
    expect(log).toEqual(["add 2"]);
  });

  it("does not stand in the way of pipelining", async () => {
    const slow: Interceptor = (next) => async (call) => {
      await Promise.resolve();
      await next(call);
    };
    const { root } = await between([slow], where);
    const { counter } = root.child({ start: 5 });
    expect((await counter.add({ amount: 1 })).total).toBe(6);
  });

  it("that holds a call up when it is given up lets it go for good", async () => {
    const waits: (() => void)[] = [];
    const slow: Interceptor = (next) => async (call) => {
      if (waits.length === 0) await new Promise<void>((resolve) => waits.push(resolve));
      await next(call);
    };
    const { root, log, client, server } = await between([slow], where);
    const call = root.add({ amount: 1 });
    await until(() => waits.length === 1);
    call[Symbol.dispose]();
    await new Promise((resolve) => setImmediate(resolve));
    const { messagesOut } = client.stats().total; // with the Finish, if the call has left
    await until(() => server.stats().total.messagesIn === messagesOut);
    waits[0]?.();
    await root.add({ amount: 2 });
    expect(log).toEqual(["add 2"]);
  });

  it("that holds up a call that was given up holds up none behind it", async () => {
    const waits: (() => void)[] = [];
    const ends: unknown[] = [];
    const slow: Interceptor = (next) => async (call) => {
      if (waits.length === 0) await new Promise<void>((resolve) => waits.push(resolve));
      ends.push(await failureOf(next(call)));
    };
    const { root, log } = await between([slow], where);
    const call = root.add({ amount: 1 });
    await until(() => waits.length === 1);
    const second = root.add({ amount: 2 });
    call[Symbol.dispose]();
    await second;
    waits[0]?.();
    await until(() => ends.length === 2);
    expect(ends).toMatchObject([undefined, { code: "CANCELED" }]);
    expect(log).toEqual(["add 2"]);
  });
});

describe("next, for an interceptor at the client", () => {
  const giveUps: Readonly<Record<string, (root: Counter.Client) => PromiseLike<unknown>>> = {
    CANCELED: (root) => {
      const call = root.add({ amount: 1 });
      call[Symbol.dispose]();
      return failureOf(call);
    },
    "CANCELED, though a result is held": (root) => {
      const call = root.child({ start: 1 });
      call.counter.add({ amount: 1 }).then(null, () => {});
      call[Symbol.dispose]();
      return failureOf(call);
    },
    TIMEOUT: (root) => failureOf(root.add({ amount: 1 }, { timeoutMs: 1 })),
  };

  it.each(Object.keys(giveUps))("fails when the call was given up before: %s", async (how) => {
    const waits: (() => void)[] = [];
    const ends: unknown[] = [];
    const slow: Interceptor = (next) => async (call) => {
      if (waits.length === 0) await new Promise<void>((resolve) => waits.push(resolve));
      ends.push(await failureOf(next(call)));
    };
    const { root } = await between([slow], "client");
    await giveUps[how]!(root);
    waits[0]!();
    await until(() => ends.length > 0);
    expect(ends[0]).toMatchObject({ code: how.split(",")[0] });
  });
});

it("a call held up at a promise is not overtaken at what the promise has become", async () => {
  const waits: (() => void)[] = [];
  const slow: Interceptor = (next) => async (call) => {
    if (call.method === "add" && waits.length === 0) {
      await new Promise<void>((resolve) => waits.push(resolve));
    }
    await next(call);
  };
  const { root } = await between([slow], "client");
  const child = root.child({ start: 0 });
  const first = child.counter.add({ amount: 1 }).then(({ total }) => total);
  const { counter } = await child;
  const second = counter.add({ amount: 2 }).then(({ total }) => total);
  const third = child.counter.add({ amount: 4 }).then(({ total }) => total);
  await (await root.child({ start: 0 })).counter.add({ amount: 1 }); // enough time to overtake
  waits[0]!();
  expect(await Promise.all([first, second, third])).toEqual([1, 3, 7]);
});

it("a call that waits for its turn leaves when it is given up, and its next fails", async () => {
  const waits: (() => void)[] = [];
  const ends: unknown[] = [];
  const slow: Interceptor = (next) => async (call) => {
    if (waits.length === 0) await new Promise<void>((resolve) => waits.push(resolve));
    ends.push(await failureOf(next(call)));
  };
  for (const where of ["server", "client"] as const) {
    waits.length = ends.length = 0;
    const { root, log } = await between([slow], where);
    const first = root.add({ amount: 1 });
    const second = root.add({ amount: 2 });
    await until(() => waits.length === 1);
    second[Symbol.dispose]();
    await until(() => ends.length === 1);
    expect(ends).toMatchObject([{ code: "CANCELED" }]);
    waits[0]!();
    await first;
    expect(log).toEqual(["add 1"]);
  }
});

it("an interceptor that holds up one peer's call holds up nobody else's at that object", async () => {
  const waits: (() => void)[] = [];
  const slow: Interceptor = (next) => async (call) => {
    if (waits.length === 0) await new Promise<void>((resolve) => waits.push(resolve));
    await next(call);
  };
  const { root, log, address } = await pair({ interceptors: [slow] });
  const first = root.add({ amount: 1 });
  await until(() => waits.length === 1);
  await (await openVat()).connect(address).bootstrap(Counter).add({ amount: 2 });
  waits[0]!();
  expect((await first).total).toBe(3);
  expect(log).toEqual(["add 2", "add 1"]);
});

it("a streaming call that is given up while an interceptor holds it up lets go on what waits behind it", async () => {
  const holds: (() => void)[] = [];
  const ends: unknown[] = [];
  const slow: Interceptor = (next) => async (call) => {
    const isHeld = call.side === "served" && call.method === "write" && holds.length === 0;
    if (isHeld) await new Promise<void>((resolve) => holds.push(resolve));
    const over = next(call);
    if (isHeld) over.catch((error: unknown) => ends.push(error));
    await over;
  };
  const log: string[] = [];
  const vat = await openVat({ interceptors: [slow] });
  const own = vat.refer(Counter, new TestCounter(0, log));
  const write = (length: number) => own.write({ chunk: new Uint8Array(length) });
  const first = write(1);
  const failure = failureOf(first);
  await until(() => holds.length === 1);
  const [second, add] = [write(2), own.add({ amount: 3 })];
  first[Symbol.dispose]();
  await second;
  expect((await add).total).toBe(3);
  expect(await failure).toMatchObject({ code: "CANCELED" });
  holds[0]?.();
  await until(() => ends.length === 1);
  expect(ends).toMatchObject([{ code: "CANCELED" }]);
  await write(4);
  expect(log).toEqual(["write 2", "wrote 2", "add 3", "write 4", "wrote 4"]);
});

describe("a tail call", () => {
  it("takes its place among the calls at its target that interceptors hold up", async () => {
    const waits: (() => void)[] = [];
    const slow: Interceptor = (next) => async (call) => {
      if (call.side === "made" && call.method === "add") {
        await new Promise<void>((resolve) => waits.push(resolve));
      }
      await next(call);
    };
    const log: string[] = [];
    const far = await openVat({ admit: "anyone", bootstrap: () => new TestCounter(0, log) });
    const { address } = await far.listen(LOOPBACK);
    const through: Counter.Server["through"] = ({ counter }, call) => {
      for (const amount of [1, 2]) void counter.add({ amount });
      return call.tailCall(counter, "add", { amount: 3 });
    };
    const vat = await openVat({ interceptors: [slow] });
    const counter = vat.connect(address).bootstrap(Counter);
    const total = vat.refer(Counter, Counter.serve({ through })).through({ counter });
    await until(() => waits.length === 3);
    for (const go of waits.reverse()) go();
    expect((await total).total).toBe(6);
    expect(log).toEqual(["add 1", "add 2", "add 3"]);
  });

  it("that an interceptor refuses is not made", async () => {
    const { root, log } = await pair({
      interceptors: [
        (next) => async (call) => {
          if (call.side === "made") throw RpcError.overloaded("nothing goes out");
          await next(call);
        },
      ],
    });
    const { counter } = root.child({ start: 1 });
    expect(await failureOf(root.through({ counter, amount: 1, how: "tail" }))).toMatchObject({
      code: "OVERLOADED",
    });
    expect(log).toEqual([]);
  });
});

it("an interceptor that does not look how its call ends leaves that to the caller", async () => {
  const unhandled: unknown[] = [];
  const listener = (reason: unknown) => unhandled.push(reason);
  process.on("unhandledRejection", listener);
  const deaf: Interceptor = (next) => (call) => {
    void next(call);
    return Promise.resolve();
  };
  const hearing: Interceptor = (next) => async (call) => {
    await next(call);
  };
  for (const where of ["client", "server"] as const) {
    const { root } = await between([deaf, hearing], where);
    expect(await failureOf(root.fail({ how: "rpc" }))).toMatchObject({ code: "OVERLOADED" });
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.off("unhandledRejection", listener);
  expect(unhandled).toEqual([]);
});

it("a vat without interceptors and observers makes calls as before", async () => {
  const { root } = await pair();
  expect((await root.child({ start: 3 }).counter.add({ amount: 1 })).total).toBe(4);
});
