import { whenAborted } from "../base/index.ts";
import { type CallOptions } from "../capnp/index.ts";
import { type CallStatistics, type ConnectionDump, RpcError } from "../rpc/index.ts";
import { type Connection, type Vat } from "../vat/index.ts";
import {
  Admin,
  type Connection as WireConnection,
  type Traffic,
  type VatSnapshot as WireSnapshot,
  Watcher,
} from "./admin.capnp.ts";

/** Who held what in a vat, as its administrator was told. Plain JSON. */
export interface VatSnapshot {
  readonly vat: string;
  /** Milliseconds since 1970, UTC. */
  readonly takenAtMs: number;
  /** Of all connections there have been. */
  readonly traffic: CallStatistics;
  readonly connections: readonly InspectedConnection[];
}

/** A connection of the vat that is looked at. */
export interface InspectedConnection extends ConnectionDump {
  /** Whether it is the very one that brought the snapshot. */
  readonly asking: boolean;
}

/** How to look: as a call's, and what to mark. */
export interface InspectionOptions extends CallOptions {
  /** What is older than this and was never called is marked as a leak. Default: ten minutes. */
  readonly leakAfterMs?: number | undefined;
}

/** Asks the vat whose admin door is at `path`, once. `from` is any vat. */
export async function inspectVat(
  from: Vat,
  path: string,
  { leakAfterMs, signal, timeoutMs }: InspectionOptions = {},
): Promise<VatSnapshot> {
  return await atDesk(from.connect(`insecure+unix:${path}`, { signal }), async (admin) => {
    const { snapshot } = await admin.snapshot(leakAfter(leakAfterMs), { signal, timeoutMs });
    return snapshotIn(snapshot);
  });
}

/** Is told now and after every interval, until `signal` aborts; rejects when the vat is gone. */
export async function followVat(
  from: Vat,
  path: string,
  options: InspectionOptions & {
    readonly intervalMs: number;
    readonly signal: AbortSignal;
    readonly onSnapshot: (snapshot: VatSnapshot) => void;
  },
): Promise<void> {
  const { intervalMs, signal, timeoutMs, onSnapshot, leakAfterMs } = options;
  const connection = from.connect(`insecure+unix:${path}`, { signal });
  await atDesk(connection, async (admin) => {
    const watcher = Watcher.serve({
      changed({ snapshot }) {
        onSnapshot(snapshotIn(snapshot));
        return {};
      },
    });
    const terms = { watcher, intervalMs, ...leakAfter(leakAfterMs) };
    const watching = await admin.watch(terms, { timeoutMs });
    const stopped = new Promise<undefined>((resolve) => {
      whenAborted(signal, () => {
        resolve(undefined);
      });
    });
    const gone = connection.closed.then(
      (error) => error ?? RpcError.disconnected("the vat is gone"),
    );
    const lost = await Promise.race([stopped, gone]);
    watching[Symbol.dispose]();
    if (lost !== undefined) throw lost;
  });
}

/** What is done with the administrator's root, which is given back with the connection. */
async function atDesk<T>(connection: Connection, work: (admin: Admin.Client) => Promise<T>) {
  try {
    await connection.ready;
    const admin = connection.bootstrap(Admin);
    try {
      return await work(admin);
    } finally {
      admin[Symbol.dispose]();
    }
  } finally {
    await connection.close();
  }
}

function leakAfter(leakAfterMs: number | undefined): { leakAfterMs?: bigint } {
  return leakAfterMs === undefined ? {} : { leakAfterMs: BigInt(leakAfterMs) };
}

function snapshotIn(wire: WireSnapshot.Reader): VatSnapshot {
  return {
    vat: wire.vat,
    takenAtMs: Number(wire.takenAtMs),
    traffic: trafficIn(wire.traffic),
    connections: Array.from(wire.connections, connectionIn),
  };
}

function connectionIn(wire: WireConnection.Reader): InspectedConnection {
  return {
    peer: wire.peer,
    address: wire.address,
    transport: wire.transport,
    ageMs: Number(wire.ageMs),
    traffic: trafficIn(wire.traffic),
    over: null,
    questions: Array.from(wire.questions, ({ id, state, method, ageMs, references }) => {
      return { id, state, method, ageMs: Number(ageMs), references };
    }),
    answers: Array.from(wire.answers, ({ id, state, method, ageMs }) => {
      return { id, state, method, ageMs: Number(ageMs) };
    }),
    exports: Array.from(wire.exports, (one) => ({
      id: one.id,
      state: one.state,
      label: one.label,
      references: one.references,
      ageMs: Number(one.ageMs),
      calls: Number(one.calls),
      lastCall:
        one.lastMethod === "" ? null : { method: one.lastMethod, agoMs: Number(one.lastCallAgoMs) },
      leak: one.leak,
      statistics: null,
    })),
    imports: Array.from(
      wire.imports,
      ({ id, state, references, received, ageMs, leak, streamWords }) => {
        return { id, state, references, received, ageMs: Number(ageMs), leak, streamWords };
      },
    ),
    embargoes: wire.embargoes,
    asking: wire.asking,
  };
}

function trafficIn(wire: Traffic.Reader): CallStatistics {
  return {
    messagesIn: Number(wire.messagesIn),
    messagesOut: Number(wire.messagesOut),
    bytesIn: Number(wire.bytesIn),
    bytesOut: Number(wire.bytesOut),
    capabilitiesIn: Number(wire.capabilitiesIn),
    capabilitiesOut: Number(wire.capabilitiesOut),
  };
}
