import { AuthContext } from "../../src/base/index.ts";
import { Connection, type Message, RpcError, type RpcLimits } from "../../src/rpc/index.ts";
import { Finding } from "./finding.ts";
import { type FuzzVat } from "./fuzz-vat.ts";

interface RoadOptions {
  readonly tailCalls: boolean;
  readonly narrow: boolean;
}

/** A connection with what is under way on it. */
export class Road {
  readonly #ends: readonly [Connection, Connection];
  readonly #vats: readonly [FuzzVat, FuzzVat];
  /** By the end they are on their way to. */
  readonly #messages: readonly [Message[], Message[]] = [[], []];
  /** Whether the ends know of each other that they keep results when asked to. */
  readonly #tailCalls: boolean;
  readonly #limits: Partial<RpcLimits>;
  /** Whether the next large message of each end cannot be written. */
  readonly #refusals: [boolean, boolean] = [false, false];
  #cut = false;

  constructor(left: FuzzVat, right: FuzzVat, { tailCalls, narrow }: RoadOptions) {
    this.#vats = [left, right];
    this.#tailCalls = tailCalls;
    this.#limits = narrow ? NARROW : {};
    this.#ends = [this.#end(left), this.#end(right)];
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
    this.#ends[end]!.receive(this.#changed(message, workaround));
    return true;
  }

  /** As another implementation would have sent it. */
  #changed(message: Message, workaround: boolean): Message {
    if (workaround && message.is === "finish") {
      return { ...message, requireEarlyCancellationWorkaround: true };
    }
    if (message.is === "bootstrap") return { ...message, keepsResults: this.#tailCalls };
    return message;
  }

  refuseNext(end: number): void {
    this.#refusals[end] = true;
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
      const { callWords, streamWords } = end.stats;
      if (callWords + streamWords !== 0)
        throw new Finding("calls that have ended still cost words");
    }
  }

  #end(vat: FuzzVat): Connection {
    return new Connection({
      turns: vat.turns,
      caller: CALLER,
      bootstrap: () => vat.root.hook.retain(),
      wake: () => {},
      limits: this.#limits,
    });
  }

  #collect(end: number): void {
    const connection = this.#ends[end]!;
    connection.turnEnded();
    for (const action of connection.takeActions()) {
      if (action.is === "close") this.#closed(action.error);
      else if (this.#refusals[end] && isLarge(action)) {
        this.#refusals[end] = false;
        connection.unsendable(action, RpcError.overloaded("unwritable"));
        this.#vats[end]!.restless = true; // what it says instead waits
      } else if (!this.#cut) {
        this.#messages[1 - end]!.push(action);
      }
    }
  }

  #closed(error: RpcError | undefined): void {
    if (this.#cut) return;
    const isCutOff = this.#limits === NARROW && error?.message.startsWith("twice as many") === true;
    if (!isCutOff) throw new Finding(`a connection ended: ${error?.message}`, { cause: error });
    this.cut();
  }
}

/** As in the driver: what is as large as the application makes it. */
function isLarge(message: Message): boolean {
  return message.is === "call" || (message.is === "return" && message.outcome.is === "results");
}

/** So small that every one of them is reached now and then. */
const NARROW: Partial<RpcLimits> = {
  maxQuestions: 8,
  maxCanceledQuestions: 4,
  maxAnswers: 6,
  maxExports: 6,
  maxImports: 5,
  maxCallWords: 100,
  maxEmbargoes: 2,
  maxPipelineDepth: 3,
  streamWindowWords: 1,
};

const CALLER = {
  peer: { address: "fuzz", transport: "memory", signal: new AbortController().signal },
  auth: AuthContext.anonymous(),
} as const;
