import { type BrokenHook } from "./broken-hook.ts";
import { type Hook } from "./hook.ts";
import { type ImportId } from "./ids.ts";
import { type Link } from "./link.ts";
import { type CapDescriptor, type MessageTarget } from "./messages.ts";
import { PeerTable } from "./peer-table.ts";
import { RemoteTarget } from "./remote-hook.ts";
import { violation } from "./violation.ts";

/**
 * A capability that the peer hosts, or a promise of its.
 *
 *   settled    an object at the peer
 *   promise    Resolve: resolved; users hold the RemotePromise in front of it
 *   resolved   lives on only while something must be addressed strictly to it
 *
 * Each state ends with the last reference here, which sends one Release for every time the peer
 * described it. Invariant: in the table exactly while it is referenced.
 */
export class Import extends RemoteTarget {
  readonly id: ImportId;
  is: "settled" | "promise" | "resolved";
  readonly sinceMs: number;
  /** How many references of the peer's count we must give back. */
  received = 1;
  readonly #imports: Imports;
  /** Absent until the first call: of a million imports few are called. */
  #target: MessageTarget | undefined;

  constructor(link: Link, imports: Imports, id: ImportId, promised: boolean) {
    super(link);
    this.#imports = imports;
    this.id = id;
    this.sinceMs = link.nowMs;
    this.is = promised ? "promise" : "settled";
  }

  get target(): MessageTarget {
    return (this.#target ??= { is: "importedCap", id: this.id });
  }

  get descriptor(): CapDescriptor {
    return { is: "receiverHosted", id: this.id };
  }

  protected unreferenced(): void {
    this.#imports.release(this);
  }
}

/** The imports of one connection. The peer chooses their ids. */
export class Imports {
  readonly #link: Link;
  readonly #table = new PeerTable<Import>();

  constructor(link: Link) {
    this.#link = link;
  }

  get size(): number {
    return this.#table.size;
  }

  values(): Iterable<Import> {
    return this.#table.values();
  }

  /** The capability of a senderHosted or senderPromise descriptor, with a reference. */
  adopt(id: number, promised: boolean): Hook {
    let entry = this.#table.get(id);
    if (entry === undefined) {
      entry = new Import(this.#link, this, id as ImportId, promised); // the peer's word for it
      this.#table.add(id, entry);
    } else {
      entry.received += 1;
      entry.retain();
    }
    if (entry.is === "settled") return entry;
    const promise = entry.asPromise();
    entry.release();
    return promise;
  }

  /**
   * The peer resolved a promise; takes `resolution` over. One that we have released already is no
   * longer here, and the resolution is dropped (rpc.capnp Resolve.promiseId).
   */
  resolve(id: number, resolution: Hook, reflected: boolean): void {
    const entry = this.#table.get(id);
    if (entry === undefined) {
      resolution.release();
      return;
    }
    if (entry.is !== "promise") {
      resolution.release();
      throw violation(`Resolve of import ${id}, which is ${entry.is}`);
    }
    entry.is = "resolved";
    if (entry.promise === undefined) resolution.release();
    else entry.promise.resolve(entry.afterEmbargo(resolution, reflected));
  }

  release(entry: Import): void {
    this.#table.remove(entry.id);
    this.#link.send({ is: "release", id: entry.id, referenceCount: entry.received });
  }

  lose(over: BrokenHook): void {
    for (const entry of this.#table.takeAll()) entry.lost(over);
  }
}
