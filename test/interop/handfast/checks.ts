import { cast } from "handfast/capnp";
import { Deferred } from "./deferred.ts";
import { expectEqual, expectFailure, expectInOrder, expectReplies } from "./expect.ts";
import {
  type Callback,
  type Child,
  type Interop,
  type Kind,
  Newer,
  type Number as Numeral,
  type Nursery,
} from "./interop.capnp.ts";
import { CallbackObject, Journal, NumberObject } from "./objects.ts";
import { differenceFromSample, newSample } from "./sample.ts";

/** Throws why the claim of README.md does not hold. */
export type Check = (interop: Interop.Client) => Promise<void>;

const PURPOSE = "on purpose";
const CONCURRENT_CALLS = 200;
const BIG_SIZES_BYTES = [1 << 20, 8 << 20];
/** Enough for a server on this machine; when it is not, the check passes without being a race. */
const ANSWERED_MS = 100;
const CHUNKS = 64;
const CHUNK_BYTES = 16 << 10;

export const CHECKS: Readonly<Record<string, Check>> = {
  // Values

  "values-sent": async (interop) => {
    const { difference } = await interop.checkSample({ sample: newSample() });
    expectEqual(difference, "", "the difference");
  },

  "values-received": async (interop) => {
    const { sample } = await interop.giveSample();
    expectEqual(differenceFromSample(sample), "", "the difference");
  },

  // Pipelines

  "pipeline-chain": async (interop) => {
    let last = numberAt(interop, 1n);
    for (let count = 0; count < 50; count += 1) last = last.plus({ amount: 1n }).number;
    await expectValue(last, 51n);
  },

  "pipeline-path": async (interop) => {
    await expectValue(interop.box({ value: 7n }).box.inner.number, 7n);
  },

  "pipeline-parameter": async (interop) => {
    await expectForwarded(interop, interop.callback().callback, "server");
  },

  "pipeline-dropped-parent": async (interop) => {
    const parent = interop.number({ value: 4n });
    const first = parent.number;
    const second = first.plus({ amount: 1n }).number;
    first[Symbol.dispose]();
    parent[Symbol.dispose]();
    await expectValue(second, 5n);
  },

  "pipeline-broken": async (interop) => {
    const broken = interop.fail({ kind: "failed", reason: PURPOSE }).number;
    await expectFailure(broken.value(), "failed", PURPOSE);
    await expectAlive(interop);
  },

  // Capabilities as parameters

  "capability-list": async (interop) => {
    const { number: theirs } = await interop.number({ value: 1n });
    const { number: another } = await interop.number({ value: 300n });
    const { sum } = await interop.sum({
      numbers: [theirs, new NumberObject(20n), theirs, another],
    });
    expectEqual(sum, 322n, "the sum");
  },

  callback: async (interop) => {
    await expectReplies(interop.ask({ callback: new CallbackObject("caller"), times: 3 }), {
      host: "caller",
      times: 3,
    });
  },

  "null-capability": async (interop) => {
    expectEqual((await interop.isNull({})).isNull, true, "whether null is null");
    const { isNull } = await interop.isNull({ callback: new CallbackObject("caller") });
    expectEqual(isNull, false, "whether an object is null");
  },

  "promise-parameter": async (interop) => {
    const promised = new Deferred<CallbackObject>();
    const call = interop.ask({ callback: promised.promise, times: 2 });
    await expectAlive(interop);
    promised.resolve(new CallbackObject("caller"));
    await expectReplies(call, { host: "caller", times: 2 });
  },

  "promise-to-server": async (interop) => {
    const promised = new Deferred<Callback.Client>();
    const call = interop.ask({ callback: promised.promise, times: 2 });
    await expectAlive(interop);
    promised.resolve((await interop.callback()).callback);
    await expectReplies(call, { host: "server", times: 2 });
  },

  // Promises that resolve, and the embargo

  "embargo-on-return": async (interop) => {
    await expectAlive(interop);
    const journal = new Journal();
    const call = interop.identity({ callback: new CallbackObject("caller", journal) });
    const pipelined = call.callback;
    await letAnswersPileUp();
    const calls = notifyAll(pipelined, 0, 3);
    const { callback: returned } = await call;
    calls.push(...notifyAll(returned, 3, 6), ...notifyAll(pipelined, 6, 9));
    await Promise.all(calls);
    expectInOrder(journal, 9);
  },

  "resolve-to-caller": async (interop) => {
    const journal = new Journal();
    const later = interop.later().later;
    const { callback: promised } = await later.callback();
    const calls = notifyAll(promised, 0, 3);
    const fulfilled = later.fulfil({ callback: new CallbackObject("caller", journal) });
    await letAnswersPileUp();
    calls.push(...notifyAll(promised, 3, 6));
    await fulfilled;
    calls.push(...notifyAll(promised, 6, 9));
    await Promise.all(calls);
    expectInOrder(journal, 9);
  },

  "resolve-to-server": async (interop) => {
    const later = interop.later().later;
    const { callback: promised } = await later.callback();
    const before = promised.notify({ text: "before" });
    await later.fulfil({ callback: (await interop.callback()).callback });
    expectEqual((await before).text, "server: before", "a reply");
    const after = await promised.notify({ text: "after" });
    expectEqual(after.text, "server: after", "a reply");
  },

  "resolve-broken": async (interop) => {
    const later = interop.later().later;
    const { callback: promised } = await later.callback();
    const before = promised.notify({ text: "before" });
    await later.reject({ reason: PURPOSE });
    await expectFailure(before, "failed", PURPOSE);
    await expectFailure(promised.notify({ text: "after" }), "failed", PURPOSE);
  },

  // Exceptions

  "exception-failed": exception("failed"),
  "exception-overloaded": exception("overloaded"),
  "exception-disconnected": exception("disconnected"),
  "exception-unimplemented": exception("unimplemented"),

  "unknown-method": async (interop) => {
    const newer = cast(interop, Newer);
    await expectFailure(newer.added(), "unimplemented", "");
    await expectValue(newer.number({ value: 5n }).number, 5n);
  },

  // Cancellation and release

  "cancel-seen": async (interop) => {
    const { hanger } = await interop.hanger();
    const call = hanger.hang({});
    await expectAlive(interop);
    call[Symbol.dispose]();
    await hanger.whenCancelled();
  },

  "cancel-drops-parameters": async (interop) => {
    const journal = new Journal();
    const { hanger } = await interop.hanger();
    const call = hanger.hang({ witness: new CallbackObject("caller", journal) });
    await expectAlive(interop);
    call[Symbol.dispose]();
    await journal.whenReleased;
  },

  "release-counted": async (interop) => {
    const { nursery } = await interop.nursery();
    const [first, second, kept] = [
      await childOf(nursery),
      await childOf(nursery),
      await childOf(nursery),
    ];
    expectEqual((await nursery.live()).count, 3, "the live count");
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    await nursery.whenLive({ count: 1 });
    await kept.ping();
    kept[Symbol.dispose]();
    await nursery.whenLive({ count: 0 });
  },

  "release-dropped-call": async (interop) => {
    const { nursery } = await interop.nursery();
    nursery.make()[Symbol.dispose]();
    const kept = await childOf(nursery);
    await nursery.whenLive({ count: 1 });
    await kept.ping();
  },

  "release-by-server": async (interop) => {
    const journal = new Journal();
    const callback = new CallbackObject("caller", journal);
    const { holder } = await interop.holder({ callback });
    const { text } = await holder.notify({ text: "held" });
    expectEqual(text, "caller: held", "the reply");
    holder[Symbol.dispose]();
    await journal.whenReleased;
  },

  // Tail calls

  "tail-call-to-caller": async (interop) => {
    const journal = new Journal();
    await expectForwarded(interop, new CallbackObject("caller", journal), "caller");
    expectInOrder(journal, 10);
  },

  "tail-call-to-server": async (interop) => {
    const { callback } = await interop.callback();
    await expectForwarded(interop, callback, "server");
  },

  // Volume

  "big-data": async (interop) => {
    for (const sizeBytes of BIG_SIZES_BYTES) {
      const sent = Uint8Array.from({ length: sizeBytes }, (_, at) => at * 31 + (at >> 8));
      const { data } = await interop.echo({ data: sent });
      const isSame = Buffer.compare(data, sent) === 0;
      expectEqual(isSame, true, `whether ${sizeBytes} bytes return unharmed`);
    }
  },

  "concurrent-calls": async (interop) => {
    const gate = interop.gate().gate;
    const calls = indices(CONCURRENT_CALLS).map(() => gate.meet({ total: CONCURRENT_CALLS }));
    const places = (await Promise.all(calls)).map(({ place }) => place);
    expectEqual(places.join(), indices(CONCURRENT_CALLS).join(), "the places");
  },

  stream: async (interop) => {
    const sink = interop.sink().sink;
    const writes = indices(CHUNKS).map(() => sink.write({ chunk: new Uint8Array(CHUNK_BYTES) }));
    const [{ bytes }] = await Promise.all([sink.done(), ...writes]);
    expectEqual(bytes, BigInt(CHUNKS * CHUNK_BYTES), "the bytes");
  },
};

/** A number of the server, before it has arrived. */
function numberAt(interop: Interop.Client, value: bigint): Numeral.Client {
  return interop.number({ value }).number;
}

async function expectValue(number: Numeral.Client, expected: bigint): Promise<void> {
  expectEqual((await number.value()).value, expected, "the value");
}

/** A call and its answer cross the connection. */
async function expectAlive(interop: Interop.Client): Promise<void> {
  await expectValue(numberAt(interop, 3n), 3n);
}

function exception(kind: Kind & string): Check {
  return async (interop) => {
    await expectFailure(interop.fail({ kind, reason: PURPOSE }), kind, PURPOSE);
    await expectAlive(interop);
  };
}

/**
 * Sends what is to be sent, then reads nothing until the server has had the time to answer: what is
 * called next leaves before we learn what we could know, and crosses it on the way.
 */
async function letAnswersPileUp(): Promise<void> {
  await new Promise((sent) => setImmediate(sent));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ANSWERED_MS);
}

function notifyAll(callback: Callback.Client, from: number, to: number) {
  const calls = indices(to).slice(from);
  return calls.map((index) => callback.notify({ text: String(index) }));
}

async function childOf(nursery: Nursery.Client): Promise<Child.Client> {
  return (await nursery.make()).child;
}

async function expectForwarded(
  interop: Interop.Client,
  callback: Callback.Client | CallbackObject,
  host: string,
): Promise<void> {
  const calls = indices(10).map((index) => interop.forward({ callback, text: String(index) }));
  for (const [index, { text }] of (await Promise.all(calls)).entries()) {
    expectEqual(text, `${host}: ${index}`, "the reply");
  }
}

function indices(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
