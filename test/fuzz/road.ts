import { AuthContext } from "../../src/base/index.ts";
import { Connection, type Message, RpcError } from "../../src/rpc/index.ts";
import { Finding } from "./finding.ts";
import { type FuzzVat } from "./fuzz-vat.ts";

/** A connection with what is under way on it. */
export class Road {
  readonly #ends: readonly [Connection, Connection];
  readonly #vats: readonly [FuzzVat, FuzzVat];
  /** By the end they are on their way to. */
  readonly #messages: readonly [Message[], Message[]] = [[], []];
  /** Whether the ends know of each other that they keep results when asked to. */
  readonly #tailCalls: boolean;
  #cut = false;

  constructor(left: FuzzVat, right: FuzzVat, tailCalls: boolean) {
    this.#vats = [left, right];
    this.#tailCalls = tailCalls;
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

  #end(vat: FuzzVat): Connection {
    return new Connection({
      turns: vat.turns,
      caller: CALLER,
      bootstrap: () => vat.root.hook.retain(),
      wake: () => {},
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

const CALLER = {
  peer: { address: "fuzz", transport: "memory", signal: new AbortController().signal },
  auth: AuthContext.anonymous(),
} as const;
