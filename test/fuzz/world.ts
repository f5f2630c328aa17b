import { SLOTS } from "./shadow.ts";
import { Finding } from "./finding.ts";
import { Road } from "./road.ts";
import { FuzzVat, pick } from "./fuzz-vat.ts";

export interface WorldOptions {
  readonly vats: number;
  readonly tailCalls: boolean;
  /** Whether limits are so small that they are reached. */
  readonly narrow?: boolean;
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
    | "late"
    | "stream"
    | "unwritable"
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

/** Some vats, all connected, in which anything may happen; every step is checked. */
export class World {
  readonly #vats: FuzzVat[];
  readonly #roads: Road[] = [];
  #lossy = false;
  /** Whether answers were left that wait for one another's Finish; see `Road.hasCycle`. */
  cycles = 0;

  constructor({ vats, tailCalls, narrow = false }: WorldOptions) {
    this.#lossy = narrow;
    this.#vats = Array.from({ length: vats }, (_, index) => new FuzzVat(`vat ${index}`, this));
    for (const [index, left] of this.#vats.entries()) {
      for (const right of this.#vats.slice(index + 1)) {
        this.#roads.push(new Road(left, right, { tailCalls, narrow }));
      }
    }
    // Each end learns from the other's Bootstrap what it understands.
    if (tailCalls) for (const road of this.#roads) for (const end of [0, 1]) road.bootstrap(end);
  }

  /** Whether something happened for which calls may fail that were not themselves to blame. */
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

  /** A call that was given up comes to an end after all. */
  late(vat: number, call: number, how: number, ref: number): void {
    this.#vat(vat).late(call, how, ref);
  }

  /** A streaming call through a reference. */
  stream(vat: number, ref: number, arg: number): void {
    this.#vat(vat).stream(ref, arg);
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

  /** The next call or results that one end would send turn out to be too large. */
  unwritable(road: number, end: number): void {
    this.#lossy = true;
    pick(this.#roads, road)?.refuseNext(end % 2);
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
