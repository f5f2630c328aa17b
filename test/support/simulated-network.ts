import { expect } from "vitest";
import { AuthContext } from "../../src/base/index.ts";
import {
  type Action,
  BrokenHook,
  Connection,
  type ConnectionOptions,
  type Hook,
  type Message,
  RpcError,
  TurnQueue,
} from "../../src/rpc/index.ts";
import { TestObject } from "./test-object.ts";
import { lineOf } from "./transcript.ts";

interface PeerOptions extends Partial<Pick<ConnectionOptions, "limits" | "caller">> {
  /**
   * Whether the other end learns that this one keeps results when asked to, as those of this library
   * do. Default: it takes it for one of another, and asks for nothing like it.
   */
  readonly tailCalls?: boolean;
}

interface Pair {
  readonly client: SimulatedVat;
  readonly server: SimulatedVat;
  readonly root: TestObject;
}

/** Several vats in one process. A message arrives when the test says so, and not before. */
export class SimulatedNetwork {
  readonly #vats: SimulatedVat[] = [];

  vat(name: string): SimulatedVat {
    const vat = new SimulatedVat(name);
    this.#vats.push(vat);
    return vat;
  }

  /** Two vats, connected: the client and the server with this root object. */
  pair(options: PeerOptions = {}): Pair {
    const client = this.vat("client");
    const server = this.vat("server");
    const root = server.object("root");
    server.offers = root;
    this.connect(client, server, options);
    return { client, server, root };
  }

  connect(
    left: SimulatedVat,
    right: SimulatedVat,
    leftOptions: PeerOptions = {},
    rightOptions: PeerOptions = leftOptions,
  ): void {
    const there = new Wire(left, right, leftOptions);
    const back = new Wire(right, left, rightOptions);
    left.attach(right, there, back, leftOptions);
    right.attach(left, back, there, rightOptions);
  }

  /** Delivers whatever is under way until nothing is. */
  settle(): void {
    while (this.#vats.some((vat) => vat.receivesNext() !== undefined));
  }

  /** Every table is empty, nothing is under way, and nobody holds an object but the test. */
  expectEverythingReleased(): void {
    for (const vat of this.#vats) vat.expectEverythingReleased();
  }
}

/** Messages on their way from one vat to another. */
class Wire {
  readonly from: SimulatedVat;
  readonly to: SimulatedVat;
  readonly messages: Message[] = [];
  closed = false;
  readonly #tailCalls: boolean;

  constructor(from: SimulatedVat, to: SimulatedVat, { tailCalls = false }: PeerOptions) {
    this.from = from;
    this.to = to;
    this.#tailCalls = tailCalls;
  }

  /** Takes the message that arrives next. */
  shift(): Message {
    const message = this.messages.shift()!;
    return message.is === "bootstrap" ? { ...message, keepsResults: this.#tailCalls } : message;
  }
}

interface End {
  readonly peer: SimulatedVat;
  readonly connection: Connection;
  readonly out: Wire;
  readonly in: Wire;
}

export class SimulatedVat {
  readonly name: string;
  readonly turns = new TurnQueue(() => {});
  /** What `bootstrap` gives; nothing when undefined. */
  offers: TestObject | undefined;
  /** What `bootstrap` gives instead: a root that is no test object. */
  root: (() => Hook) | undefined;
  /** The message that arrived last. */
  last: Message | undefined;
  /** How the connections ended. */
  readonly closes: (RpcError | undefined)[] = [];
  readonly #ends: End[] = [];
  readonly #objects: TestObject[] = [];

  constructor(name: string) {
    this.name = name;
  }

  object(name: string): TestObject {
    const object = new TestObject(name, this.turns);
    this.#objects.push(object);
    return object;
  }

  attach(peer: SimulatedVat, out: Wire, back: Wire, { limits, caller }: PeerOptions): void {
    const connection = new Connection({
      caller: caller ?? CALLER,
      limits,
      turns: this.turns,
      bootstrap: () => this.#root(),
      wake: () => {},
    });
    this.#ends.push({ peer, connection, out, in: back });
  }

  /** The connection to a peer; the only one when there is only one. */
  connection(peer?: SimulatedVat): Connection {
    return this.#end(peer).connection;
  }

  bootstrap(peer?: SimulatedVat): Hook {
    return this.connection(peer).bootstrap();
  }

  /** Delivers the next message under way to this vat, which must read so. */
  receives(line: string, from?: SimulatedVat): void {
    const end = this.#end(from);
    end.peer.turn();
    const message = end.in.messages[0];
    expect(message && lineOf(message), `the next message to ${this.name}`).toBe(line);
    this.#deliver(end);
  }

  /** Delivers a message that no honest peer has sent. */
  receivesForged(message: Message, from?: SimulatedVat): void {
    this.last = message;
    this.connection(from).receive(message);
    this.turn();
  }

  /** Delivers the next message from anybody, if there is one. */
  receivesNext(): Message | undefined {
    this.turn();
    for (const end of this.#ends) {
      end.peer.turn();
      if (end.in.messages.length > 0) return this.#deliver(end);
    }
    return undefined;
  }

  /** What is under way to this vat. */
  expected(from?: SimulatedVat): readonly string[] {
    const end = this.#end(from);
    end.peer.turn();
    return end.in.messages.map(lineOf);
  }

  /** Takes all that is under way to this vat, for the test to deal with. */
  refuses(from?: SimulatedVat): readonly Message[] {
    const end = this.#end(from);
    end.peer.turn();
    return end.in.messages.splice(0);
  }

  /** Runs the turns that wait, and hands what the connections want to the network. */
  turn(): void {
    for (let due = this.turns.drain(); due.length > 0; due = this.turns.drain()) {
      for (const turn of due) turn.run();
    }
    for (const { connection } of this.#ends) connection.turnEnded();
    for (const { connection, out } of this.#ends) {
      for (const action of connection.takeActions()) this.#perform(action, out);
    }
  }

  /** The road to a peer is cut: what is under way is lost, and both sides notice. */
  loses(peer: SimulatedVat): void {
    const end = this.#end(peer);
    const error = RpcError.disconnected("the road is gone");
    for (const wire of [end.out, end.in]) {
      wire.messages.length = 0;
      wire.closed = true;
    }
    end.connection.disconnect(error);
    peer.connection(this).disconnect(error);
    this.turn();
    peer.turn();
  }

  expectEverythingReleased(): void {
    this.turn();
    for (const { peer, connection, in: wire } of this.#ends) {
      expect(wire.messages.map(lineOf), `under way to ${this.name} from ${peer.name}`).toEqual([]);
      expect(connection.check()).toEqual([]);
      expect(connection.stats, `tables of ${this.name} to ${peer.name}`).toMatchObject(EMPTY);
    }
    for (const { name, hook, gone } of this.#objects) {
      expect(gone ? 1 : hook.references, `references to ${name} of ${this.name}`).toBe(1);
    }
  }

  #root(): Hook {
    return (
      this.root?.() ??
      this.offers?.ref() ??
      new BrokenHook(this.turns, RpcError.failed("nothing is offered here"))
    );
  }

  #deliver(end: End): Message {
    const message = end.in.shift();
    this.last = message;
    end.connection.receive(message);
    this.turn();
    return message;
  }

  #perform(action: Action, out: Wire): void {
    if (action.is === "close") {
      this.closes.push(action.error);
      out.closed = true;
    } else if (!out.closed) {
      out.messages.push(action);
    }
  }

  #end(peer: SimulatedVat | undefined): End {
    const end = peer === undefined ? this.#ends[0] : this.#ends.find((one) => one.peer === peer);
    if (end === undefined) throw new Error(`${this.name} has no such connection`);
    return end;
  }
}

const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0, embargoes: 0 };

const CALLER = {
  peer: { address: "simulated", transport: "memory", signal: new AbortController().signal },
  auth: AuthContext.anonymous(),
} as const;

/** Ends a story: lets go of all that the test holds, and expects that nothing is left anywhere. */
export function expectCleanEnd(
  network: SimulatedNetwork,
  ...held: readonly { release(): void }[]
): void {
  for (const one of held) one.release();
  network.settle();
  network.expectEverythingReleased();
}
