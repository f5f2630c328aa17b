/**
 * Real traffic, byte by byte wrong: what a client of this library really sends to a server is
 * recorded once, mutated, and played to fresh servers of the same kind. The server may refuse or
 * ignore it; it may never throw anything but the typed errors of its layers, nor keep anything.
 */
import { RpcError } from "handfast";
import { clientOfHook, Host, serve } from "handfast/capnp";
import { AuthContext, peerIdOfKey } from "../../src/base/index.ts";
import {
  CapnpError,
  decodeMessage,
  encodeMessage,
  FrameReader,
  FrameWriter,
} from "../../src/capnp/index.ts";
import { realClock } from "../../src/net/index.ts";
import { Connection, type Hook, TurnQueue } from "../../src/rpc/index.ts";
import { Counter, Watcher } from "../support/counter.capnp.ts";
import { TestCounter } from "../vat/test-counter.ts";

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** One end: what a vat is around a connection, without a road. */
class End {
  readonly connection: Connection;
  readonly turns = new TurnQueue(() => {});
  readonly #reader = new FrameReader();
  readonly #writer = new FrameWriter();
  readonly #root: Hook;
  readonly internalErrors: unknown[] = [];

  constructor(root: InstanceType<typeof Counter.Server>) {
    const self = {
      id: peerIdOfKey(new Uint8Array(32)),
      address: "memory",
      transport: "memory",
      signal: new AbortController().signal,
    } as const;
    const host = new Host({
      turns: this.turns,
      clock: realClock,
      self,
      serve,
      log: SILENT,
      report: ({ error }) => {
        this.internalErrors.push(error);
      },
    });
    this.#root = host.hookOf(root);
    this.connection = new Connection({
      turns: this.turns,
      caller: { peer: self, auth: AuthContext.anonymous() },
      bootstrap: () => this.#root.retain(),
      wake: () => {},
    });
  }

  /** Takes bytes as a driver would. */
  receive(bytes: Uint8Array): void {
    try {
      this.#reader.push(bytes);
      for (let arena = this.#reader.next(); arena !== undefined; arena = this.#reader.next()) {
        this.connection.receive(decodeMessage(arena));
      }
    } catch (error) {
      if (!(error instanceof CapnpError)) throw error;
      this.connection.abort(RpcError.failed(error.message, { code: "PROTOCOL", blame: "peer" }));
    }
  }

  /** Runs what is due and returns what is to be sent. */
  run(): Uint8Array {
    for (let turns = this.turns.drain(); turns.length > 0; turns = this.turns.drain()) {
      for (const turn of turns) turn.run();
    }
    this.connection.turnEnded();
    for (const action of this.connection.takeActions()) {
      if (action.is === "close") continue;
      try {
        this.#writer.add(encodeMessage(action));
      } catch (error) {
        if (!(error instanceof CapnpError)) throw error;
        this.connection.unsendable(action, RpcError.failed(error.message));
      }
    }
    return Buffer.concat(this.#writer.take());
  }

  close(): void {
    this.#root.release();
    this.connection.disconnect(RpcError.disconnected("the run is over"));
    for (let turns = this.turns.drain(); turns.length > 0; turns = this.turns.drain()) {
      for (const turn of turns) turn.run();
    }
  }
}

/** One that throws nothing but what is meant for its callers. */
class SoundCounter extends TestCounter {
  override child({ start }: Counter.Child.Params): Counter.Child.Returns {
    return { counter: new SoundCounter(start) };
  }

  override fail(): never {
    throw RpcError.overloaded("too busy counting");
  }
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What one client sends in a conversation of every kind of call. */
export async function record(): Promise<Uint8Array> {
  const client = new End(new TestCounter());
  const server = new End(new SoundCounter());
  const sent: Uint8Array[] = [];
  const root = clientOfHook(Counter, client.connection.bootstrap());
  const calls: PromiseLike<unknown>[] = [
    root.add({ amount: 5 }),
    root.child({ start: 1 }).counter.child({ start: 2 }).counter.add({ amount: 3 }),
    root.same({ counter: new TestCounter(7) }).counter.add({ amount: 1 }),
    root.watch({ watcher: Watcher.serve({ changed: () => ({}) }) }),
    root.add({ amount: 6 }),
    root.fail({ how: "rpc" }),
    root.through({ counter: new TestCounter(9), amount: 2, how: "tail" }),
    root.write({ chunk: new Uint8Array(40).fill(7) }),
  ];
  const held = root.hold();
  const outcomes = Promise.allSettled(calls);
  for (let round = 0; round < 12; round += 1) {
    const bytes = client.run();
    sent.push(bytes);
    server.receive(bytes);
    await settle();
    client.receive(server.run());
    await settle();
    if (round === 6) held[Symbol.dispose]();
  }
  const failed = (await outcomes).filter(({ status }) => status === "rejected");
  if (failed.length !== 1) throw new Error(`${failed.length} calls failed where one should`);
  root[Symbol.dispose]();
  sent.push(client.run());
  client.close();
  server.close();
  return Buffer.concat(sent);
}

/** Plays bytes to a fresh server; returns why it should not have happened, if it should not. */
export async function play(bytes: Uint8Array): Promise<string | undefined> {
  const server = new End(new SoundCounter());
  try {
    server.receive(bytes);
    server.run();
    await Promise.resolve();
    server.run();
    const broken = server.connection.check();
    if (broken.length > 0) return broken.join("; ");
    server.close();
    const { questions, answers, exports, imports, embargoes } = server.connection.stats;
    const left = questions + answers + exports + imports + embargoes;
    if (left > 0) return `${left} table entries are left`;
    if (server.internalErrors.length > 0) return `internal: ${String(server.internalErrors[0])}`;
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
