import { expect, it } from "vitest";
import {
  type CapDescriptor,
  type Hook,
  type Message,
  type MessageTarget,
  PromiseHook,
  RpcError,
} from "../../src/rpc/index.ts";
import { Random } from "../fuzz/random.ts";
import { call, type MadeCall } from "../support/made-call.ts";
import { SimulatedNetwork, type SimulatedVat } from "../support/simulated-network.ts";
import { TestContent } from "../support/test-content.ts";

type Table = "questions" | "answers" | "exports" | "imports";

/** A peer that says well-formed things at random, mostly about ids that mean something. */
class Liar {
  readonly #random: Random;
  readonly #victim: SimulatedVat;

  constructor(seed: number, victim: SimulatedVat) {
    this.#random = new Random(seed);
    this.#victim = victim;
  }

  chance(oneIn: number): boolean {
    return this.#random.below(oneIn) === 0;
  }

  message(depth = 0): Message {
    const kinds = [
      () => this.#call(),
      () => this.#call(),
      () => this.#return(),
      () => this.#finish(),
      () => this.#release(),
      () => this.#resolve(),
      () => this.#disembargo(),
      (): Message => ({ is: "bootstrap", questionId: this.#newId() }),
      (): Message => ({ is: "unknown", kind: 12, raw: undefined }),
      (): Message =>
        depth > 2 || !this.chance(5)
          ? this.#finish()
          : { is: "unimplemented", message: this.message(depth + 1) },
      () => this.#finish(),
      () => this.#return(),
    ];
    return this.#one(kinds)();
  }

  #one<T>(list: readonly T[]): T {
    return list[this.#random.below(list.length)]!;
  }

  /** An id out of one of the victim's tables; now and then any. */
  #id(table: Table): number {
    const ids = this.#known(table);
    if (ids.length > 0 && !this.chance(60)) return this.#one(ids);
    return this.#one([0, 1, 2, 1000, 2 ** 31, 2 ** 32 - 1]);
  }

  #known(table: Table): readonly number[] {
    const { [table]: entries } = this.#victim.connection().dump();
    return entries.map(({ id }) => id);
  }

  /** Whether it makes no sense to speak of such a thing, and it is not the moment for nonsense. */
  #pointless(table: Table): boolean {
    return this.#known(table).length === 0 && !this.chance(60);
  }

  #importId(): number {
    return this.chance(2) ? this.#id("imports") : this.#random.below(1000);
  }

  #newId(): number {
    return this.chance(40) ? this.#id("answers") : 10 + this.#random.below(1e6);
  }

  #path(): number[] {
    return Array.from({ length: this.#random.below(3) }, () => this.#random.below(3));
  }

  #target(): MessageTarget {
    if (!this.#pointless("exports") && this.chance(2))
      return { is: "importedCap", id: this.#id("exports") };
    return {
      is: "promisedAnswer",
      answer: { questionId: this.#id("answers"), transform: this.#path() },
    };
  }

  #cap(): CapDescriptor {
    return this.#one<() => CapDescriptor>([
      () => ({ is: "none" }),
      () => ({ is: "senderHosted", id: this.#importId() }),
      () => ({ is: "senderPromise", id: this.#importId() }),
      () =>
        this.#pointless("exports")
          ? { is: "none" }
          : { is: "receiverHosted", id: this.#id("exports") },
      () => ({
        is: "receiverAnswer",
        answer: { questionId: this.#id("answers"), transform: this.#path() },
      }),
      () => ({ is: "thirdPartyHosted", vineId: this.#importId() }),
      () => ({ is: "unknown" }),
    ])();
  }

  #payload() {
    const capTable = Array.from({ length: this.#random.below(3) }, () => this.#cap());
    return { content: new TestContent("lie"), capTable };
  }

  #call(): Message {
    if (this.#pointless("exports")) return { is: "bootstrap", questionId: this.#newId() };
    return {
      is: "call",
      questionId: this.#newId(),
      target: this.#target(),
      interfaceId: 1n,
      methodId: 0,
      params: this.#payload(),
      sendResultsTo: this.#one(["caller", "caller", "caller", "yourself", "thirdParty"]),
      allowThirdPartyTailCall: this.chance(2),
      noPromisePipelining: this.chance(2),
      onlyPromisePipeline: this.chance(5),
    };
  }

  #return(): Message {
    if (this.#pointless("questions")) return this.#finish();
    const exception = { kind: "failed", reason: "lie" } as const;
    return {
      is: "return",
      answerId: this.#id("questions"),
      releaseParamCaps: this.chance(2),
      noFinishNeeded: this.chance(2),
      outcome: this.#one([
        { is: "results", payload: this.#payload() },
        { is: "results", payload: this.#payload() },
        { is: "exception", exception },
        ...(this.chance(6)
          ? ([{ is: "takeFromOtherQuestion", questionId: this.#id("answers") }] as const)
          : []),
        ...(this.chance(60) ? ([{ is: "canceled" }, { is: "resultsSentElsewhere" }] as const) : []),
        { is: "unknown" },
      ]),
    };
  }

  #finish(): Message {
    return {
      is: "finish",
      questionId: this.#id("answers"),
      releaseResultCaps: this.chance(2),
      requireEarlyCancellationWorkaround: this.chance(2),
    };
  }

  #release(): Message {
    return { is: "release", id: this.#id("exports"), referenceCount: this.chance(60) ? 3 : 1 };
  }

  #resolve(): Message {
    if (!this.chance(3)) return this.#call();
    const exception = { kind: "failed", reason: "lie" } as const;
    return {
      is: "resolve",
      promiseId: this.#id("imports"),
      resolution: this.chance(5) ? { is: "exception", exception } : { is: "cap", cap: this.#cap() },
    };
  }

  #disembargo(): Message {
    if (!this.chance(6)) return this.#return();
    const embargoId = this.#random.below(3);
    return {
      is: "disembargo",
      target: this.#target(),
      context: this.#one([
        { is: "senderLoopback", embargoId },
        { is: "receiverLoopback", embargoId },
        { is: "unknown" },
      ]),
    };
  }
}

/** What the victim does meanwhile: it calls, answers, hands out promises, and lets go. */
class Victim {
  readonly #vat: SimulatedVat;
  readonly #liar: Liar;
  readonly #held: (Hook | MadeCall)[] = [];
  readonly #promise: PromiseHook;

  constructor(vat: SimulatedVat, liar: Liar) {
    this.#vat = vat;
    this.#liar = liar;
    this.#promise = new PromiseHook(vat.turns);
    this.#held.push(this.#promise, vat.bootstrap());
  }

  lives(): void {
    const root = this.#vat.offers!;
    for (const method of root.arrived) {
      const taken = root.takes(method);
      const caps = taken.call.params.caps.filter((cap) => cap !== undefined);
      for (const cap of caps) this.#held.push(cap.retain());
      const returns = this.#liar.chance(2);
      const promises = this.#liar.chance(2);
      const throws = this.#liar.chance(2);
      if (returns) taken.returns("", ...caps.map((cap) => cap.retain()));
      else if (promises) taken.returns("", this.#promise.retain());
      else if (throws) taken.throws("no");
    }
    for (const one of [...this.#held]) {
      if (!("call" in one) || !this.#liar.chance(4)) continue;
      const made = call(one, "honest", root.ref());
      this.#held.push(made);
      if (this.#liar.chance(2)) this.#held.push(made.pipeline());
    }
    if (this.#liar.chance(10)) this.#promise.resolve(this.#vat.offers!.ref());
    while (this.#held.length > 12) this.#held.splice(2, 1)[0]!.release();
  }

  letsGo(): void {
    for (const one of this.#held.splice(0)) one.release();
  }
}

it("a peer that lies at random is answered, ignored or cut off; nothing breaks or is kept", () => {
  const endings = new Set<string>();
  let messages = 0;
  for (let seed = 1; seed <= 300; seed += 1) {
    const network = new SimulatedNetwork();
    const { client, server } = network.pair();
    const liar = new Liar(seed, server);
    const victim = new Victim(server, liar);
    for (let step = 0; step < 100 && server.closes.length === 0; step += 1) {
      server.receivesForged(liar.message());
      messages += 1;
      expect(server.connection().check(), `seed ${seed}`).toEqual([]);
      victim.lives();
      server.turn();
      client.refuses();
    }
    const [end] = server.closes;
    const ending = end === undefined ? "alive" : `${end.code} ${end.blame}`;
    expect(end?.message, `seed ${seed}: ${String(end?.cause)}`).not.toBe("internal error");
    endings.add(ending);
    server.connection().disconnect(RpcError.disconnected("over"));
    client.connection().disconnect(RpcError.disconnected("over"));
    victim.letsGo();
    client.refuses();
    server.refuses();
    network.expectEverythingReleased();
  }
  expect([...endings].filter((ending) => ending !== "alive")).toEqual(["PROTOCOL peer"]);
  expect(messages / 300).toBeGreaterThan(10); // it lies well enough to get somewhere
});
