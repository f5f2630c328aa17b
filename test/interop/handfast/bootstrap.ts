import { type CallContext, RpcError } from "handfast";
import { isNull } from "handfast/capnp";
import { Interop } from "./interop.capnp.ts";
import {
  CallbackObject,
  GateObject,
  HangerObject,
  HolderObject,
  LaterObject,
  NumberObject,
  NurseryObject,
  SinkObject,
} from "./objects.ts";
import { differenceFromSample, newSample } from "./sample.ts";

/** What the server offers to whoever connects. */
export class InteropObject extends Interop.Server {
  override checkSample({ sample }: Interop.CheckSample.Params) {
    return { difference: differenceFromSample(sample) };
  }

  override giveSample() {
    return { sample: newSample() };
  }

  override number({ value }: Interop.Number.Params) {
    return { number: new NumberObject(value) };
  }

  override box({ value }: Interop.Box.Params) {
    return { box: { inner: { label: "inner", number: new NumberObject(value) } } };
  }

  override async sum({ numbers }: Interop.Sum.Params) {
    const values = await Promise.all(numbers.map((number) => number.value()));
    return { sum: values.reduce((sum, { value }) => sum + value, 0n) };
  }

  override callback() {
    return { callback: new CallbackObject("server") };
  }

  override async ask({ callback, times }: Interop.Ask.Params) {
    const calls = Array.from({ length: times }, (_, index) =>
      callback.notify({ text: `ask ${index}` }),
    );
    const replies = await Promise.all(calls);
    return { replies: replies.map(({ text }) => text) };
  }

  override isNull({ callback }: Interop.IsNull.Params) {
    return { isNull: isNull(callback) };
  }

  override identity({ callback }: Interop.Identity.Params) {
    return { callback };
  }

  override forward({ callback, text }: Interop.Forward.Params, call: CallContext) {
    return call.tailCall(callback, "notify", { text });
  }

  override later() {
    return { later: new LaterObject() };
  }

  override holder({ callback }: Interop.Holder.Params) {
    return { holder: new HolderObject(callback) };
  }

  override nursery() {
    return { nursery: new NurseryObject() };
  }

  override hanger() {
    return { hanger: new HangerObject() };
  }

  override gate() {
    return { gate: new GateObject() };
  }

  override fail({ kind, reason }: Interop.Fail.Params): never {
    if (typeof kind === "number") throw RpcError.failed(`unknown kind ${kind}`);
    throw new RpcError(kind, reason);
  }

  override echo({ data }: Interop.Echo.Params) {
    return { data };
  }

  override sink() {
    return { sink: new SinkObject() };
  }
}
