import { type Answers } from "./answers.ts";
import { BrokenHook } from "./broken-hook.ts";
import { RpcError } from "./exception.ts";
import { type Exports } from "./export.ts";
import { type Hook } from "./hook.ts";
import { type Imports } from "./import.ts";
import { type Link } from "./link.ts";
import { type CapDescriptor, type PromisedAnswer } from "./messages.ts";
import { NO_CAPS } from "./payload.ts";
import { cutOff, violation } from "./violation.ts";

/** Turns the capabilities that the peer describes into hooks; the reverse of `Exports.describe`. */
export class Adoption {
  readonly #link: Link;
  readonly #imports: Imports;
  readonly #exports: Exports;
  readonly #answers: Answers;
  /** How many capabilities the peer told us of, in payloads. */
  adopted = 0;

  constructor(link: Link, imports: Imports, exports: Exports, answers: Answers) {
    this.#link = link;
    this.#imports = imports;
    this.#exports = exports;
    this.#answers = answers;
  }

  /** Why so many more are not taken in, if they are not; throws when the peer goes on regardless. */
  overload(count: number): string | undefined {
    const { maxCapTable, maxImports } = this.#link.limits;
    const held = this.#imports.size + count;
    if (count > 2 * maxCapTable) throw cutOff("capabilities in one message");
    if (count > 0 && held > 2 * maxImports) throw cutOff("imports");
    if (count > maxCapTable) return "too many capabilities in one message";
    return count > 0 && held > maxImports ? "too many capabilities are held" : undefined;
  }

  /** With one reference to each, for the caller. */
  adoptAll(capTable: readonly CapDescriptor[]): readonly (Hook | undefined)[] {
    if (capTable.length === 0) return NO_CAPS;
    this.adopted += capTable.length;
    const caps: (Hook | undefined)[] = [];
    try {
      for (const descriptor of capTable) caps.push(this.adopt(descriptor));
    } catch (error) {
      for (const cap of caps) cap?.release();
      throw error;
    }
    return caps;
  }

  /** Gives back what is not taken in. */
  decline(capTable: readonly CapDescriptor[]): void {
    for (const cap of capTable) {
      const held = cap.is === "senderHosted" || cap.is === "senderPromise";
      const id = held ? cap.id : cap.is === "thirdPartyHosted" ? cap.vineId : undefined;
      if (id !== undefined) this.#link.send({ is: "release", id, referenceCount: 1 });
    }
  }

  adopt(descriptor: CapDescriptor): Hook | undefined {
    switch (descriptor.is) {
      case "none":
        return undefined;
      case "senderHosted":
        return this.#imports.adopt(descriptor.id, false);
      case "senderPromise":
        return this.#imports.adopt(descriptor.id, true);
      case "receiverHosted":
        return this.#ownExport(descriptor.id);
      case "receiverAnswer":
        return this.promisedAnswer(descriptor.answer);
      case "thirdPartyHosted":
        return this.#imports.adopt(descriptor.vineId, false); // Level 1: the vine will do
      case "unknown":
        return this.#broken("a capability of a kind that is not understood");
      default:
        return descriptor satisfies never;
    }
  }

  /** A capability in one of our answers, with a reference. An unknown one is broken, no more. */
  promisedAnswer({ questionId, transform }: PromisedAnswer): Hook {
    if (transform.length > this.#link.limits.maxPathLength) return this.#broken("too long a path");
    const answer = this.#answers.get(questionId);
    return answer?.targetAt(transform) ?? this.#broken(`there is no question ${questionId}`);
  }

  #ownExport(id: number): Hook {
    const hook = this.#exports.hookAt(id);
    if (hook === undefined) throw violation(`receiverHosted ${id} names no export`);
    return hook.retain();
  }

  #broken(reason: string): BrokenHook {
    return new BrokenHook(this.#link.turns, RpcError.failed(reason, { blame: "peer" }));
  }
}

/** Whether a description names a capability of the receiver's, so that calls to it come back. */
export function isReflected(descriptor: CapDescriptor | undefined): boolean {
  return descriptor?.is === "receiverHosted" || descriptor?.is === "receiverAnswer";
}
