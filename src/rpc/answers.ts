import { type Answer, type Answerer } from "./answer.ts";
import { type BrokenHook } from "./broken-hook.ts";
import { type Exports } from "./export.ts";
import { type Results } from "./hook.ts";
import { type Link } from "./link.ts";
import { PeerTable } from "./peer-table.ts";
import { violation } from "./violation.ts";

/** The answers of one connection. The peer chooses their ids. */
export class Answers implements Answerer {
  readonly link: Link;
  readonly exports: Exports;
  readonly #table = new PeerTable<Answer>();
  #finishing: Finishing[] = [];
  /** Calls that the peer is done with and that go on: others wait for them, or nobody does. */
  readonly #lingering = new Map<Answer, Results>();
  /** What the parameters of all of them count as, in 8-byte words. */
  words = 0;

  constructor(link: Link, exports: Exports) {
    this.link = link;
    this.exports = exports;
  }

  get size(): number {
    return this.#table.size;
  }

  /** How many calls of the peer's cost something, whether it is done with them or not. */
  get load(): number {
    return this.#table.size + this.#lingering.size;
  }

  /** How many calls go on that the peer is done with. */
  get lingering(): number {
    return this.#lingering.size;
  }

  values(): Iterable<Answer> {
    return this.#table.values();
  }

  get(id: number): Answer | undefined {
    return this.#table.get(id);
  }

  add(answer: Answer): void {
    this.#table.add(answer.id, answer);
    this.words += answer.words;
  }

  remove(answer: Answer): void {
    this.#table.remove(answer.id);
    this.words -= answer.words;
  }

  linger(answer: Answer, results: Results): void {
    this.#lingering.set(answer, results);
    this.words += answer.words;
  }

  /** A call that may have lingered has come to its end. */
  over(answer: Answer): void {
    if (this.#lingering.get(answer)?.pending !== false) return; // cancelled, and its method goes on
    this.#lingering.delete(answer);
    this.words -= answer.words;
  }

  /**
   * The peer is done with an answer. `later` (requireEarlyCancellationWorkaround): a call still
   * under way is cancelled only at the end of the turn. Returns false for an unknown id.
   */
  finish(id: number, releaseResultCaps: boolean, later: boolean): boolean {
    const answer = this.#table.get(id);
    if (answer === undefined) return false;
    if (answer.finishing) throw violation(`Finish of question ${id} came twice`);
    if (later && answer.is === "running") {
      answer.finishing = true;
      this.#finishing.push({ answer, releaseResultCaps });
    } else {
      answer.finish(releaseResultCaps);
    }
    return true;
  }

  turnEnded(): void {
    if (this.#finishing.length === 0) return;
    const finishing = this.#finishing;
    this.#finishing = [];
    for (const { answer, releaseResultCaps } of finishing) {
      if (answer.is !== "ended") answer.finish(releaseResultCaps);
    }
  }

  /** The connection is over: every call of the peer's is cancelled, even if it holds itself. */
  lose(over: BrokenHook): void {
    this.#finishing = [];
    for (const answer of [...this.#table.values()]) answer.end();
    const lingering = [...this.#lingering.values()];
    this.#lingering.clear();
    this.words = 0;
    for (const results of lingering) results.cancel(over.broken);
  }
}

interface Finishing {
  readonly answer: Answer;
  readonly releaseResultCaps: boolean;
}
