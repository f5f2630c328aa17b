import {
  type Hook,
  type IncomingCall,
  Membrane,
  PromiseHook,
  RpcError,
  TurnQueue,
} from "../../src/rpc/index.ts";
import { CallContent, endOf, Ref, ResultContent, type Shadow, ShadowPromise } from "./shadow.ts";
import { Finding } from "./finding.ts";
import { type World } from "./world.ts";
import { FuzzObject } from "./fuzz-object.ts";
import { MadeCall } from "./made-call.ts";

interface OpenPromise {
  readonly hook: PromiseHook;
  readonly shadow: ShadowPromise;
}

interface Boundary {
  readonly membrane: Membrane;
  crossed: boolean;
  /** Nothing that crossed it is held or under way. */
  over: boolean;
}

interface HeldCall {
  readonly call: IncomingCall;
  readonly content: CallContent;
  /** What setPipeline promised. */
  pipeline?: readonly (Ref | undefined)[];
}

export class FuzzVat {
  readonly name: string;
  readonly world: World;
  readonly turns = new TurnQueue(() => {});
  readonly roads: (() => void)[] = [];
  readonly root: FuzzObject;
  readonly #objects: FuzzObject[];
  readonly #refs: Ref[] = [];
  readonly #calls: MadeCall[] = [];
  readonly #promises: OpenPromise[] = [];
  readonly #held: HeldCall[] = [];
  /** Calls that were given up and go on regardless. */
  readonly #unheard: IncomingCall[] = [];
  readonly #boundaries: Boundary[] = [];
  /** Whether the last turn found something to do, or left something. */
  restless = false;

  constructor(name: string, world: World) {
    this.name = name;
    this.world = world;
    this.#objects = [0, 1].map((index) => new FuzzObject(`object ${index} of ${name}`, this));
    this.root = this.#objects[0]!;
    for (const object of this.#objects) this.hold(object.hook.retain(), object.shadow);
  }

  get busy(): boolean {
    return this.#held.length + this.#promises.length + this.#unheard.length > 0;
  }

  hold(hook: Hook, shadow: Shadow): void {
    this.#refs.push(new Ref(hook, shadow));
  }

  took(call: IncomingCall, content: CallContent): void {
    const { caps } = call.params;
    for (const [index, shadow] of content.args.entries()) {
      const hook = caps[index];
      if (hook !== undefined) this.hold(hook.retain(), shadow);
      else if (shadow !== undefined) throw new Finding("a parameter was lost");
    }
    const held: HeldCall = { call, content };
    this.#held.push(held);
    call.onCanceled(() => {
      if (!remove(this.#held, held)) return;
      this.#releasePipeline(held);
      this.#unheard.push(call);
    });
  }

  stream(index: number, argIndex: number): void {
    const ref = pick(this.#refs, index);
    if (ref === undefined) return;
    const args = [pick(this.#refs, argIndex)!].slice(0, argIndex % 2);
    const shadows = args.map((arg) => arg.shadow);
    const content = new CallContent(ref, shadows, true);
    const params = { content, caps: args.map((arg) => arg.hook.retain()) };
    const request = { interfaceId: 1n, methodId: 1, params, streaming: true };
    this.#calls.push(new MadeCall(this, ref.hook.call(request), content, false));
  }

  call(index: number, argIndex: number, kind: number): void {
    const ref = pick(this.#refs, index);
    if (ref === undefined) return;
    const args = kind % 3 === 0 ? [] : [pick(this.#refs, argIndex)!, ref].slice(0, kind % 3);
    const content = new CallContent(
      ref,
      args.map((arg) => arg.shadow),
    );
    const onlyPipeline = kind % 11 === 0;
    const caps = args.map((arg) => arg.hook.retain());
    const request = { interfaceId: 1n, methodId: 0, params: { content, caps }, onlyPipeline };
    this.#calls.push(new MadeCall(this, ref.hook.call(request), content, onlyPipeline));
  }

  pipeline(index: number, slot: number): void {
    const call = pick(this.#calls, index);
    if (call !== undefined && !call.content.streaming)
      this.hold(call.results.pipeline([slot]), call.content.answer.slots[slot]);
  }

  dropRef(index: number): void {
    take(this.#refs, index)?.hook.release();
  }

  dropCall(index: number): void {
    take(this.#calls, index)?.drop();
  }

  makePromise(): void {
    const promise = { hook: new PromiseHook(this.turns), shadow: new ShadowPromise() };
    this.#promises.push(promise);
    this.hold(promise.hook.retain(), promise.shadow);
  }

  resolve(index: number, refIndex: number): void {
    const ref = pick(this.#refs, refIndex);
    const promise = ref && take(this.#promises, index);
    if (promise === undefined) return;
    if (dependsOn(ref!.shadow, promise.shadow)) {
      this.#break(promise); // a cycle through other vats would send calls round for ever
      return;
    }
    promise.shadow.resolve(ref!.shadow);
    promise.hook.resolve(ref!.hook.retain());
    promise.hook.release();
  }

  break(index: number): void {
    const promise = take(this.#promises, index);
    if (promise !== undefined) this.#break(promise);
  }

  answer(index: number, chosen: readonly number[]): void {
    const held = take(this.#held, index);
    if (held === undefined) return;
    const refs = held.pipeline ?? this.#choose(held, chosen);
    const { answer } = held.content;
    const shadows = refs.map((ref) => ref?.shadow);
    if (!held.call.canceled) answer.settle("returned", shadows);
    held.call.returns({
      content: new ResultContent(shadows),
      caps: refs.map((ref) => ref?.hook.retain()),
    });
    this.#releasePipeline(held);
  }

  late(index: number, how: number, refIndex: number): void {
    const call = take(this.#unheard, index);
    const ref = pick(this.#refs, refIndex);
    if (call === undefined) return;
    if (ref === undefined || how % 3 === 0) call.throws(RpcError.failed("late"));
    else if (how % 3 === 1) {
      call.returns({ content: new ResultContent([ref.shadow]), caps: [ref.hook.retain()] });
    } else {
      const content = new CallContent(ref, []);
      content.disowned = true;
      call.tailCall(ref.hook, { interfaceId: 1n, methodId: 0, params: { content, caps: [] } });
    }
  }

  throw(index: number): void {
    const held = pick(this.#held, index);
    if (held === undefined || held.pipeline !== undefined) return;
    remove(this.#held, held);
    if (!held.call.canceled) held.content.answer.settle("thrown", []);
    held.call.throws(RpcError.failed("thrown"));
  }

  tailCall(index: number, refIndex: number): void {
    const ref = pick(this.#refs, refIndex);
    const held = ref && pick(this.#held, index);
    if (held === undefined || held.pipeline !== undefined) return;
    const { answer } = held.content;
    if (answer.slots.some((slot) => dependsOn(ref!.shadow, slot))) return; // would wait for itself
    remove(this.#held, held);
    const content = new CallContent(ref!, []);
    if (!held.call.canceled) {
      answer.settle("handed on", content.answer.slots);
      answer.handedTo = content.answer;
    }
    const params = { content, caps: [] };
    held.call.tailCall(ref!.hook, { interfaceId: 1n, methodId: 0, params });
  }

  setPipeline(index: number, chosen: readonly number[]): void {
    const held = pick(this.#held, index);
    if (held === undefined || held.pipeline !== undefined || held.call.canceled) return;
    const refs = this.#choose(held, chosen).map((ref) => {
      return ref && new Ref(ref.hook.retain(), ref.shadow);
    });
    held.pipeline = refs;
    for (const [slot, ref] of refs.entries()) held.content.answer.slots[slot]!.resolve(ref?.shadow);
    held.call.setPipeline({
      content: new ResultContent(refs.map((ref) => ref?.shadow)),
      caps: refs.map((ref) => ref?.hook.retain()),
    });
  }

  wrap(index: number, kind: number): void {
    const ref = pick(this.#refs, index);
    if (ref === undefined) return;
    const known = kind % 3 === 0 ? undefined : pick(this.#boundaries, kind);
    const boundary = known ?? this.#boundary(kind % 2 === 0);
    const hook = ref.hook.retain();
    const wrapped = boundary.membrane.wrap(hook);
    boundary.crossed ||= wrapped !== hook; // what is broken stays outside
    this.hold(wrapped, ref.shadow);
  }

  revoke(index: number): void {
    const boundary = take(this.#boundaries, index);
    boundary?.membrane.revoke();
    if (boundary?.over === false) throw new Finding("a membrane that was revoked is not over");
  }

  #boundary(shallow: boolean): Boundary {
    const over = () => {
      boundary.over = true;
    };
    const boundary = {
      membrane: new Membrane(this.turns, { shallow, over }),
      crossed: false,
      over: false,
    };
    this.#boundaries.push(boundary);
    return boundary;
  }

  turn(): void {
    const due = this.turns.drain();
    this.restless = due.length > 0;
    for (const turn of due) turn.run();
    for (const collect of this.roads) collect();
  }

  /** Whatever is open comes to some end. */
  endAll(): void {
    while (this.#promises.length > 0) this.break(0);
    while (this.#held.length > 0) this.answer(0, [0, 1]);
    for (const call of this.#unheard.splice(0)) call.throws(RpcError.failed("unheard"));
  }

  expectOutcomes(): void {
    for (const call of this.#calls) call.expectOutcome();
  }

  letGo(): void {
    while (this.#calls.length > 0) this.dropCall(0);
    while (this.#refs.length > 0) this.dropRef(0);
  }

  expectNothingHeld(): void {
    for (const { hook, shadow } of this.#objects) {
      const others = hook.references - 1;
      if (others !== 0) throw new Finding(`${others} references to ${shadow.name} are left`);
    }
    for (const { crossed, over } of this.#boundaries) {
      if (crossed && !over) throw new Finding("something holds a membrane");
    }
  }

  #break({ hook, shadow }: OpenPromise): void {
    shadow.resolve(undefined);
    hook.break(RpcError.failed("broken"));
    hook.release();
  }

  /** References to return; none that waits for this very return. */
  #choose({ content }: HeldCall, chosen: readonly number[]): readonly (Ref | undefined)[] {
    return chosen.map((index) => {
      const ref = index % 7 === 0 ? undefined : pick(this.#refs, index);
      const waits = content.answer.slots.some((slot) => dependsOn(ref?.shadow, slot));
      return waits ? undefined : ref;
    });
  }

  #releasePipeline(held: HeldCall): void {
    for (const ref of held.pipeline ?? []) ref?.hook.release();
  }
}

/** Whether `shadow` cannot be known before `slot` is. */
function dependsOn(shadow: Shadow, slot: ShadowPromise): boolean {
  const end = endOf(shadow);
  if (!(end instanceof ShadowPromise)) return false;
  return end === slot || (end.of !== undefined && dependsOn(end.of.target, slot));
}

export function pick<T>(list: readonly T[], index: number): T | undefined {
  return list[index % list.length];
}

function take<T>(list: T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list.splice(index % list.length, 1)[0];
}

function remove<T>(list: T[], item: T): boolean {
  const index = list.indexOf(item);
  if (index >= 0) list.splice(index, 1);
  return index >= 0;
}
