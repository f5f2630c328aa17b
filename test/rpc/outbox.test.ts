import { expect, it } from "vitest";
import { type Message, RpcError } from "../../src/rpc/index.ts";
import { type Action, Outbox } from "../../src/rpc/outbox.ts";

const ask = (questionId: number): Message => ({ is: "bootstrap", questionId });
const idsOf = (actions: readonly Action[]) =>
  actions.map((it) => (it.is === "bootstrap" ? it.questionId : it.is));

function early() {
  let wakes = 0;
  const outbox = new Outbox(() => (wakes += 1), true);
  return { outbox, wakes: () => wakes };
}

it("before the peer is proven, everything up to the first private message may leave, once", () => {
  const { outbox } = early();
  outbox.send(ask(1));
  outbox.send(ask(2));
  const secret = outbox.send(ask(3), true);
  outbox.send(ask(4));
  expect(idsOf(outbox.take())).toEqual([]);
  expect(idsOf(outbox.takeEarly(false))).toEqual([1, 2]);
  expect([outbox.hasLeft(secret - 1), outbox.hasLeft(secret)]).toEqual([true, false]);
  expect(idsOf(outbox.takeEarly(false))).toEqual([]);
});

it("private messages leave early only when everything may", () => {
  const { outbox } = early();
  outbox.send(ask(1), true);
  outbox.send(ask(2));
  expect(idsOf(outbox.takeEarly(true))).toEqual([1, 2]);
});

it("once the peer is proven the rest leaves, and the owner is told", () => {
  const { outbox, wakes } = early();
  outbox.send(ask(1));
  outbox.takeEarly(false);
  outbox.send(ask(2), true);
  outbox.send(ask(3));
  const before = wakes();
  outbox.open();
  expect(wakes()).toBe(before + 1);
  expect(idsOf(outbox.take())).toEqual([2, 3]);
  outbox.send(ask(4), true);
  expect(idsOf(outbox.take())).toEqual([4]);
});

it("when there will be no proof, nothing but the end is left to do", () => {
  const { outbox } = early();
  outbox.send(ask(1));
  outbox.discard();
  outbox.close(RpcError.failed("gone"));
  expect(idsOf(outbox.take())).toEqual(["close"]);
});
