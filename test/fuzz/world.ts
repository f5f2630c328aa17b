import { AuthContext } from "../../src/base/index.ts";
import {
  Connection,
  type Hook,
  type IncomingCall,
  LocalHook,
  Membrane,
  type Message,
  type Payload,
  PromiseHook,
  releaseCaps,
  type Results,
  type ResultsSink,
  RpcError,
  type Servant,
  TurnQueue,
} from "../../src/rpc/index.ts";
import {
  CallContent,
  endOf,
  Ref,
  ResultContent,
  type Shadow,
  ShadowObject,
  ShadowPromise,
  SLOTS,
} from "./shadow.ts";

export interface WorldOptions {
  readonly vats: number;
  readonly tailCalls: boolean;
}

/** One step: the name of a method of the world, and numbers that choose what it is done to. */
export type Step = readonly [
  (
    | "bootstrap"
    | "call"
    | "pipeline"
    | "dropRef"
    | "dropCall"
    | "promise"
    | "resolve"
    | "break"
    | "answer"
    | "throw"
    | "tailCall"
    | "setPipeline"
    | "wrap"
    | "revoke"
    | "deliver"
    | "turn"
    | "cut"
  ),
  ...number[],
];

/** A claim that did not hold. */
export class Finding extends Error {}

/** Some vats, all connected, in which anything may happen; every step is checked. */
export class World {
  readonly #vats: FuzzVat[];
  readonly #roads: Road[] = [];
  #lossy = false;
  /** Whether answers were left that wait for one another's Finish; see `Road.hasCycle`. */
  cycles = 0;

  constructor({ vats, tailCalls }: WorldOptions) {
    this.#vats = Array.from({ length: vats }, (_, index) => new FuzzVat(`vat ${index}`, this));
    for (const [index, left] of this.#vats.entries()) {
      for (const right of this.#vats.slice(index + 1)) {
        this.#roads.push(new Road(left, right, tailCalls));
      }
    }
  }

  /** Whether a connection was cut or a membrane revoked, so that calls may fail for no other reason. */
  get lossy(): boolean {
    return this.#lossy;
  }

  /** Performs one step. Its numbers are taken modulo what there is, so any step fits any world. */
  do([name, ...numbers]: Step): void {
    this[name](...(numbers as [number, number, number, number]));
    for (const road of this.#roads) road.check();
  }

  bootstrap(road: number, end: number): void {
    pick(this.#roads, road)?.bootstrap(end % 2);
  }

  /** A call through a reference, with others as parameters. */
  call(vat: number, ref: number, arg: number, kind: number): void {
    this.#vat(vat).call(ref, arg, kind);
  }

  pipeline(vat: number, call: number, slot: number): void {
    this.#vat(vat).pipeline(call, slot % SLOTS);
  }

  dropRef(vat: number, ref: number): void {
    this.#vat(vat).dropRef(ref);
  }

  dropCall(vat: number, call: number): void {
    this.#vat(vat).dropCall(call);
  }

  promise(vat: number): void {
    this.#vat(vat).makePromise();
  }

  resolve(vat: number, promise: number, ref: number): void {
    this.#vat(vat).resolve(promise, ref);
  }

  break(vat: number, promise: number): void {
    this.#vat(vat).break(promise);
  }

  answer(vat: number, held: number, first: number, second: number): void {
    this.#vat(vat).answer(held, [first, second]);
  }

  throw(vat: number, held: number): void {
    this.#vat(vat).throw(held);
  }

  tailCall(vat: number, held: number, ref: number): void {
    this.#vat(vat).tailCall(held, ref);
  }

  setPipeline(vat: number, held: number, first: number, second: number): void {
    this.#vat(vat).setPipeline(held, [first, second]);
  }

  /** A reference to the same object through a membrane, an old one or a new. */
  wrap(vat: number, ref: number, membrane: number): void {
    this.#vat(vat).wrap(ref, membrane);
  }

  /** Cuts what has crossed a membrane: whatever goes through it fails, as when a road is cut. */
  revoke(vat: number, membrane: number): void {
    this.#lossy = true;
    this.#vat(vat).revoke(membrane);
  }

  deliver(road: number, end: number, workaround: number): void {
    pick(this.#roads, road)?.deliver(end % 2, workaround % 4 === 0);
  }

  turn(vat: number): void {
    this.#vat(vat).turn();
  }

  cut(road: number): void {
    this.#lossy = true;
    pick(this.#roads, road)?.cut();
  }

  /** Ends everything that is open, delivers all, lets go of all: nothing may be left. */
  finish(): void {
    this.#quiesce();
    for (let round = 0; this.#vats.some((vat) => vat.busy); round += 1) {
      if (round > 10_000) throw new Finding("calls go on for ever");
      for (const vat of this.#vats) vat.endAll();
      this.#quiesce();
    }
    for (const vat of this.#vats) vat.expectOutcomes();
    for (const vat of this.#vats) vat.letGo();
    this.#quiesce();
    if (this.#roads.some((road) => road.hasCycle)) {
      this.cycles += 1;
      for (const road of this.#roads) road.cut();
      this.#quiesce();
    }
    for (const vat of this.#vats) vat.expectNothingHeld();
    for (const road of this.#roads) road.expectEmpty();
  }

  #quiesce(): void {
    for (let steps = 0; ; steps += 1) {
      if (steps > 100_000) throw new Finding("messages go round for ever");
      for (const vat of this.#vats) vat.turn();
      const busy = this.#roads.filter((road) => road.deliver(0, false) || road.deliver(1, false));
      if (busy.length === 0 && !this.#vats.some((vat) => vat.restless)) return;
    }
  }

  #vat(index: number): FuzzVat {
    return this.#vats[index % this.#vats.length]!;
  }
}

/** A connection with what is under way on it. */
class Road {
  readonly #ends: readonly [Connection, Connection];
  readonly #vats: readonly [FuzzVat, FuzzVat];
  /** By the end they are on their way to. */
  readonly #messages: readonly [Message[], Message[]] = [[], []];
  #cut = false;

  constructor(left: FuzzVat, right: FuzzVat, tailCalls: boolean) {
    this.#vats = [left, right];
    this.#ends = [this.#end(left, tailCalls), this.#end(right, tailCalls)];
    left.roads.push(() => this.#collect(0));
    right.roads.push(() => this.#collect(1));
  }

  bootstrap(end: number): void {
    const there = this.#vats[1 - end]!;
    this.#vats[end]!.hold(this.#ends[end]!.bootstrap(), there.root.shadow);
  }

  /** Returns whether there was a message. */
  deliver(end: number, workaround: boolean): boolean {
    const message = this.#messages[end]!.shift();
    if (message === undefined) return false;
    const finish = workaround && message.is === "finish";
    this.#ends[end]!.receive(
      finish ? { ...message, requireEarlyCancellationWorkaround: true } : message,
    );
    return true;
  }

  cut(): void {
    this.#cut = true;
    for (const messages of this.#messages) messages.length = 0;
    for (const end of this.#ends) end.disconnect(RpcError.disconnected("cut"));
  }

  check(): void {
    for (const end of this.#ends) {
      const broken = end.check();
      if (broken.length > 0) throw new Finding(broken.join("; "));
    }
  }

  /**
   * Whether what is left at the ends holds itself: a result that is a capability of its receiver's
   * must be addressed strictly by what was made of it before, for as long as that is held, which
   * may be for as long as the other results of the same call are. The protocol can let go of all
   * results of a call or of none (C++ is no different), so only the end of the connection frees
   * them. What the application holds is gone, or it would be no cycle.
   */
  get hasCycle(): boolean {
    const dumps = this.#ends.map((end) => end.dump());
    const questions = dumps.flatMap((dump) => dump.questions);
    const answers = dumps.flatMap((dump) => dump.answers);
    return (
      questions.length > 0 &&
      questions.every(({ id, state }) => state === "returned" || id >= 2 ** 31) &&
      answers.every(({ state }) => state !== "running" && state !== "failed")
    );
  }

  expectEmpty(): void {
    for (const end of this.#ends) {
      if (!end.idle) throw new Finding(`something is left: ${JSON.stringify(end.dump())}`);
      if (end.callsUnderWay > 0) throw new Finding("a call that has ended counts as under way");
    }
  }

  #end(vat: FuzzVat, tailCalls: boolean): Connection {
    return new Connection({
      turns: vat.turns,
      caller: CALLER,
      bootstrap: () => vat.root.hook.retain(),
      wake: () => {},
      tailCalls,
    });
  }

  #collect(end: number): void {
    const connection = this.#ends[end]!;
    connection.turnEnded();
    for (const action of connection.takeActions()) {
      if (action.is !== "close") {
        this.#messages[1 - end]!.push(action);
      } else if (!this.#cut) {
        throw new Finding(`a connection ended: ${action.error?.message}`, { cause: action.error });
      }
    }
  }
}

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

class FuzzVat {
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
  #turned = false;

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

  /** Whether the last turn found something to do. */
  get restless(): boolean {
    return this.#turned;
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
    if (call !== undefined)
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
    this.#turned = due.length > 0;
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

class FuzzObject implements Servant {
  readonly shadow: ShadowObject;
  readonly hook: LocalHook;
  readonly #vat: FuzzVat;
  /** By reference: the last call to have arrived. */
  readonly #last = new Map<number, number>();

  constructor(name: string, vat: FuzzVat) {
    this.shadow = new ShadowObject(name);
    this.#vat = vat;
    this.hook = new LocalHook(vat.turns, this, name);
  }

  deliver(call: IncomingCall): void {
    const { content } = call.params;
    if (!(content instanceof CallContent)) throw new Finding("a call with strange parameters");
    const { refId, sequence, target } = content;
    const end = endOf(target);
    if (end !== this.shadow) {
      const meant = end instanceof ShadowObject ? end.name : end ? "a promise" : "nothing";
      throw new Finding(`a call to ${meant} arrived at ${this.shadow.name}`);
    }
    if (content.disowned) throw new Finding("a call arrived that was said not to run");
    if (content.delivered) throw new Finding("a call arrived twice");
    content.delivered = true;
    const last = this.#last.get(refId) ?? 0;
    if (sequence <= last) throw new Finding(`call ${sequence} of a reference came after ${last}`);
    this.#last.set(refId, sequence);
    this.#vat.took(call, content);
  }

  dropped(): void {
    throw new Finding(`${this.shadow.name} was dropped while it is held`);
  }
}

class MadeCall implements ResultsSink {
  readonly results: Results;
  readonly content: CallContent;
  readonly #vat: FuzzVat;
  readonly #onlyPipeline: boolean;
  #outcome: "none" | "returned" | "failed" | "dropped" = "none";

  constructor(vat: FuzzVat, results: Results, content: CallContent, onlyPipeline: boolean) {
    this.#vat = vat;
    this.results = results;
    this.content = content;
    this.#onlyPipeline = onlyPipeline;
    results.whenReturned(this);
  }

  returned(payload: Payload): void {
    this.#happened("returned");
    const { end } = this.content.answer;
    if (end.outcome !== "returned") throw new Finding("a call returned that nobody answered");
    const { content, caps } = payload;
    if (!(content instanceof ResultContent)) throw new Finding("strange results");
    for (const [slot, shadow] of content.shadows.entries()) {
      if (shadow !== undefined && caps[slot] === undefined) throw new Finding("a result was lost");
      if (caps[slot] !== undefined) this.#vat.hold(caps[slot].retain(), shadow);
    }
    releaseCaps(payload);
  }

  failed(error: RpcError): void {
    this.#happened("failed");
    if (error.executed === "no") {
      if (this.content.delivered) throw new Finding("a call ran that was said not to have run");
      this.content.disowned = true;
    }
    if (this.#vat.world.lossy) return;
    if (!mayFail(this.content)) {
      throw new Finding(`a call failed for no reason: ${error.message}`);
    }
  }

  drop(): void {
    this.results.release();
    if (this.#outcome === "none") this.#outcome = "dropped";
  }

  expectOutcome(): void {
    if (this.#outcome === "none" && !this.#onlyPipeline) throw new Finding("a call had no outcome");
  }

  #happened(outcome: "returned" | "failed"): void {
    if (this.#outcome === "dropped") return; // what is pipelined on it keeps it going
    if (this.#outcome !== "none") throw new Finding(`a call ${outcome} and was ${this.#outcome}`);
    this.#outcome = outcome;
  }
}

/** Whether there is a reason for a call to fail. */
function mayFail(content: CallContent): boolean {
  const { call: last } = content.answer.end;
  const { answer, target } = last;
  if (answer.outcome === "thrown") return true;
  const end = endOf(target);
  if (end instanceof ShadowPromise) return end.of !== undefined && mayFail(end.of);
  return end === undefined;
}

/** Whether `shadow` cannot be known before `slot` is. */
function dependsOn(shadow: Shadow, slot: ShadowPromise): boolean {
  const end = endOf(shadow);
  if (!(end instanceof ShadowPromise)) return false;
  return end === slot || (end.of !== undefined && dependsOn(end.of.target, slot));
}

function pick<T>(list: readonly T[], index: number): T | undefined {
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

const CALLER = {
  peer: { address: "fuzz", transport: "memory", signal: new AbortController().signal },
  auth: AuthContext.anonymous(),
} as const;
