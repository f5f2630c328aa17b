import { type CallContext, dup } from "../objects/index.ts";
import { realClock } from "../net/index.ts";
import { type Listener, type Vat } from "../vat/index.ts";
import { Admin, Subscription, type VatSnapshot, type Watcher } from "./admin.capnp.ts";

/** Snapshots come no faster than this, whatever a watcher asks for: each walks every table. Ours. */
const MIN_INTERVAL_MS = 100;

/**
 * Opens a door for whoever administers this vat, such as `handfast inspect`: a Unix socket at
 * `path`, where the file's permissions let in only this user. Rejects as `vat.listen`.
 */
export function serveAdmin(vat: Vat, path: string): Promise<Listener> {
  return vat.listen(`insecure+unix:${path}`, { bootstrap: () => new AdminDesk(vat) });
}

/** The administrator's root: it looks, and changes nothing. */
class AdminDesk extends Admin.Server {
  readonly #vat: Vat;

  constructor(vat: Vat) {
    super();
    this.#vat = vat;
  }

  override snapshot({ leakAfterMs }: Admin.Snapshot.Params, { peer }: CallContext) {
    return { snapshot: snapshotOf(this.#vat, peer, Number(leakAfterMs)) };
  }

  override watch({ watcher, intervalMs, leakAfterMs }: Admin.Watch.Params, { peer }: CallContext) {
    const take = () => snapshotOf(this.#vat, peer, Number(leakAfterMs));
    const every = Math.max(intervalMs, MIN_INTERVAL_MS);
    return { subscription: new Following(dup(watcher), every, take) };
  }
}

/** One watcher. It is told again only after it has taken the last snapshot, and the interval. */
class Following extends Subscription.Server {
  readonly #watcher: Watcher.Client;
  readonly #intervalMs: number;
  readonly #take: () => VatSnapshot.Init;
  #stopClock: (() => void) | undefined;
  #over = false;

  /** Takes over the watcher. */
  constructor(watcher: Watcher.Client, intervalMs: number, take: () => VatSnapshot.Init) {
    super();
    this.#watcher = watcher;
    this.#intervalMs = intervalMs;
    this.#take = take;
    this.#tell();
  }

  [Symbol.dispose](): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopClock?.();
    this.#watcher[Symbol.dispose]();
  }

  #tell(): void {
    this.#watcher.changed({ snapshot: this.#take() }).then(
      () => {
        if (this.#over) return;
        this.#stopClock = realClock.after(this.#intervalMs, () => {
          this.#tell();
        });
      },
      () => {
        this[Symbol.dispose](); // the watcher is gone
      },
    );
  }
}

function snapshotOf(vat: Vat, asking: CallContext["peer"], leakAfterMs: number): VatSnapshot.Init {
  const { peers } = vat;
  return {
    vat: vat.identity.id,
    takenAtMs: BigInt(Date.now()),
    traffic: trafficOf(vat.stats().total),
    connections: vat.inspect({ leakAfterMs }).map((connection, index) => ({
      ...connection,
      asking: peers[index] === asking, // both are in the order of the connections
      ageMs: BigInt(connection.ageMs),
      traffic: trafficOf(connection.traffic),
      questions: connection.questions.map((one) => ({ ...one, ageMs: BigInt(one.ageMs) })),
      answers: connection.answers.map((one) => ({ ...one, ageMs: BigInt(one.ageMs) })),
      exports: connection.exports.map(({ lastCall, statistics: _, ...one }) => ({
        ...one,
        ageMs: BigInt(one.ageMs),
        calls: BigInt(one.calls),
        lastMethod: lastCall?.method ?? "",
        lastCallAgoMs: BigInt(lastCall?.agoMs ?? 0),
      })),
      imports: connection.imports.map((one) => ({ ...one, ageMs: BigInt(one.ageMs) })),
    })),
  };
}

type Counts = ReturnType<Vat["stats"]>["total"];

function trafficOf(counts: Counts): Record<keyof Counts, bigint> {
  return {
    messagesIn: BigInt(counts.messagesIn),
    messagesOut: BigInt(counts.messagesOut),
    bytesIn: BigInt(counts.bytesIn),
    bytesOut: BigInt(counts.bytesOut),
    capabilitiesIn: BigInt(counts.capabilitiesIn),
    capabilitiesOut: BigInt(counts.capabilitiesOut),
  };
}
