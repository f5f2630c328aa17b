import { exceptionOf } from "./exception-message.ts";
import { type Hook, type Payload } from "./hook.ts";
import { type ExportId } from "./ids.ts";
import { type Link } from "./link.ts";
import { type CapDescriptor, type Message, type WirePayload } from "./messages.ts";
import { NO_CAPS } from "./payload.ts";
import { Quarantine } from "./quarantine.ts";
import { RemotePromise, RemoteTarget } from "./remote-hook.ts";
import { OwnTable } from "./table.ts";
import { type TurnQueue } from "./turn-queue.ts";
import { violation } from "./violation.ts";

/**
 * A capability that the peer can reach.
 *
 *   settled    what it is will not change
 *   promise    we owe the peer a Resolve; sent when the hook is resolved: resolved
 *   resolved   calls go strictly to what the Resolve described, for ever (rpc.capnp Resolve.cap)
 *
 * Each state ends when the peer has released it as often as it was sent. Invariant: while settled or
 * promise, the table finds it by its hook, so that the same capability is sent under the same id.
 */
class Export {
  readonly id: ExportId;
  is: "settled" | "promise" | "resolved";
  hook: Hook;
  /** How many references the peer holds. */
  count = 1;
  readonly sinceMs: number;
  /** Absent until the first call: of a million exports few are called. */
  calls: CallCount | undefined;

  constructor(id: ExportId, is: Export["is"], hook: Hook, sinceMs: number) {
    this.sinceMs = sinceMs;
    this.id = id;
    this.is = is;
    this.hook = hook;
  }
}

/** What the peer has called through an export. */
class CallCount {
  count = 0;
  lastMs = 0;
  lastInterfaceId = 0n;
  lastMethodId = 0;
}

/** The exports of one connection. */
export class Exports {
  readonly #link: Link;
  readonly #table = new OwnTable<ExportId, Export>();
  readonly #byHook = new Map<Hook, Export>();
  /** How to take back the wait for each promise. */
  readonly #waits = new Map<Export, () => void>();
  #announcements: Message[] = [];
  readonly #quarantine: Quarantine<ExportId>;
  /** How many capabilities the peer was told of, in payloads. */
  described = 0;

  constructor(link: Link) {
    this.#link = link;
    this.#quarantine = new Quarantine((id) => this.#table.recycle(id));
  }

  get turns(): TurnQueue {
    return this.#link.turns;
  }

  get size(): number {
    return this.#table.size;
  }

  values(): Iterable<Export> {
    return this.#table.values();
  }

  /** The entry under which a capability is sent. */
  find(hook: Hook): Export | undefined {
    return this.#byHook.get(hook);
  }

  /** What the peer addresses; undefined when there is no such export. */
  hookAt(id: number): Hook | undefined {
    return this.#table.get(id)?.hook;
  }

  /** Whether an export that is not there may be one that Return.releaseParamCaps gave back. */
  mayBeGivenBack(id: number): boolean {
    return this.#quarantine.mayKnow(id);
  }

  /** What the peer calls; undefined when there is no such export. */
  called(id: number, interfaceId: bigint, methodId: number): Hook | undefined {
    const entry = this.#table.get(id);
    if (entry === undefined) return undefined;
    this.#count(entry, interfaceId, methodId);
    return entry.hook;
  }

  /** The peer calls what is in an answer, which it may hold as an export too. */
  pipelined(hook: Hook, interfaceId: bigint, methodId: number): void {
    const entry = this.#byHook.get(hook.resolved());
    if (entry !== undefined) this.#count(entry, interfaceId, methodId);
  }

  /**
   * How to tell the peer of a capability (rpc.capnp CapDescriptor), as what it has become by now.
   * Counts one more reference that the peer holds. After the message, `announce` must be called.
   */
  describe(hook: Hook | undefined): CapDescriptor {
    if (hook === undefined) return NONE;
    const end = strictly(hook, this.#link);
    if (end instanceof RemoteTarget && end.link === this.#link) {
      end.called = true;
      return end.descriptor;
    }
    if (end.broken !== undefined) return this.#describeBroken(end);
    let entry = this.#byHook.get(end);
    if (entry === undefined) {
      entry = this.#add(end, end.settled ? "settled" : "promise");
      this.#byHook.set(end, entry);
      if (entry.is === "promise") this.#wait(entry);
    } else {
      entry.count += 1;
    }
    return { is: entry.is === "promise" ? "senderPromise" : "senderHosted", id: entry.id };
  }

  /** How to tell the peer of a payload; adds the references that it gives away to `exported`. */
  describeAll({ content, caps }: Payload, exported: ExportId[]): WirePayload {
    if (caps.length === 0) return { content, capTable: NO_CAPS };
    this.described += caps.length;
    const capTable: CapDescriptor[] = [];
    for (const cap of caps) capTable.push(this.describeInto(cap, exported));
    return { content, capTable };
  }

  /** As {@link describe}; adds the reference that it gives away, if any, to `exported`. */
  describeInto(hook: Hook | undefined, exported: ExportId[]): CapDescriptor {
    const descriptor = this.describe(hook);
    if (descriptor.is === "senderHosted" || descriptor.is === "senderPromise") {
      exported.push(descriptor.id as ExportId); // `describe` says only our own ids there
    }
    return descriptor;
  }

  /** Sends what must follow the message that described the capabilities. */
  announce(): void {
    if (this.#announcements.length === 0) return;
    const announcements = this.#announcements;
    this.#announcements = [];
    for (const message of announcements) this.#link.send(message);
  }

  /** The peer gives references back. Returns false when there is no such export. */
  release(id: number, count: number): boolean {
    const entry = this.#table.get(id);
    if (entry === undefined) {
      this.#quarantine.releasedAgain(id);
      return false;
    }
    if (count > entry.count) {
      throw violation(`Release of ${count} references to export ${id}, which has ${entry.count}`);
    }
    entry.count -= count;
    if (entry.count === 0) this.#remove(entry, false);
    return true;
  }

  /** Return.releaseParamCaps. Some peers release the same references once more, later. */
  releaseParams(ids: readonly ExportId[]): void {
    for (const id of ids) {
      const entry = this.#table.get(id);
      if (entry === undefined) continue;
      entry.count -= 1;
      if (entry.count > 0) continue;
      this.#remove(entry, true);
      this.#quarantine.add(id);
    }
  }

  lose(): void {
    this.#byHook.clear();
    this.#announcements = [];
    for (const entry of this.#table.takeAll()) {
      this.#stopWaiting(entry);
      entry.hook.release();
    }
  }

  #count(entry: Export, interfaceId: bigint, methodId: number): void {
    const calls = (entry.calls ??= new CallCount());
    calls.count += 1;
    calls.lastMs = this.#link.nowMs;
    calls.lastInterfaceId = interfaceId;
    calls.lastMethodId = methodId;
  }

  #add(hook: Hook, is: Export["is"]): Export {
    const id = this.#table.claim();
    const entry = new Export(id, is, hook.retain(), this.#link.nowMs);
    this.#table.set(id, entry);
    return entry;
  }

  #remove(entry: Export, retireId: boolean): void {
    if (entry.is !== "resolved") this.#byHook.delete(entry.hook);
    this.#stopWaiting(entry);
    this.#table.remove(entry.id, retireId);
    entry.hook.release();
  }

  /** There is no descriptor for a broken capability: a promise, and at once its end. */
  #describeBroken(end: Hook): CapDescriptor {
    const { id } = this.#add(end, "resolved");
    this.#announcements.push(resolveToException(id, end));
    return { is: "senderPromise", id };
  }

  #wait(entry: Export): void {
    const stop = entry.hook.whenResolved((resolution) => this.#resolve(entry, resolution));
    this.#waits.set(entry, stop);
  }

  #stopWaiting(entry: Export): void {
    if (entry.is !== "promise") return;
    this.#waits.get(entry)?.();
    this.#waits.delete(entry);
  }

  #resolve(entry: Export, resolution: Hook): void {
    const end = strictly(resolution, this.#link);
    const old = entry.hook;
    this.#byHook.delete(old);
    entry.hook = end.retain();
    this.#waits.delete(entry);
    const local = !(end instanceof RemoteTarget && end.link === this.#link);
    if (local && !end.settled && !this.#byHook.has(end)) {
      this.#byHook.set(end, entry); // a promise for a promise: the peer need not know
      this.#wait(entry);
    } else {
      entry.is = "resolved";
      if (end.broken === undefined) {
        const cap = this.describe(end);
        this.#link.send({
          is: "resolve",
          promiseId: entry.id,
          resolution: { is: "cap", cap },
        });
      } else {
        this.#link.send(resolveToException(entry.id, end));
      }
    }
    old.release();
  }
}

/** What a description of `hook` on this connection stands for, however it is resolved later. */
export function strictly(hook: Hook, link: Link): Hook {
  const end = hook.resolved();
  return end instanceof RemotePromise && end.link === link ? (end.target ?? end) : end;
}

function resolveToException(id: ExportId, { broken }: Hook): Message {
  const exception = exceptionOf(broken ?? violation("not broken"));
  return { is: "resolve", promiseId: id, resolution: { is: "exception", exception } };
}

const NONE: CapDescriptor = { is: "none" };
