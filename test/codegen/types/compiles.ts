/** Programs that must compile against generated code. */
import { type CallContext, cast, encode, type Plain, type Text } from "handfast/capnp";
import { AddressBook } from "../golden/addressbook.capnp.ts";
import { Counter } from "../golden/counter.capnp.ts";
import { type Everything } from "../golden/everything.capnp.ts";
import { Cursor, Entry, type Sink, type Store } from "../golden/generic-interface.capnp.ts";
import { type Map as Mapping } from "../golden/generic-struct.capnp.ts";
import { type Closable, type Readable, Socket, type Stream } from "../golden/inheritance.capnp.ts";
import { Library, Loan, Waiter } from "../golden/library.capnp.ts";
import { type Leaf, type Root } from "../golden/pipelining.capnp.ts";
import { Both, type A, type B } from "../golden/same-names.capnp.ts";
import { ByteSink } from "../golden/streaming.capnp.ts";
import { type Shape } from "../golden/unnamed-union.capnp.ts";

declare const store: Store.Client;
declare const root: Root.Client;
declare const socket: Socket.Client;
declare const both: Both.Client;
declare const entrySink: Sink.Client<typeof Entry>;

export function area(shape: Shape.Reader): number {
  switch (shape.which) {
    case "circle":
      return Math.PI * shape.circle ** 2;
    case "square":
      return shape.square ** 2;
    case "box":
      return shape.box.width * shape.box.height;
    case "polygon":
      return shape.polygon.map(({ x, y }) => x * y).length;
    case "nested":
      return area(shape.nested);
    default:
      return shape.area;
  }
}

export const deep = encode(AddressBook, {
  people: [{ name: "Ada", phones: [{ number: "1", type: "home" }], employment: { school: "MIT" } }],
});

export const aReaderIsAnInit = (it: AddressBook.Reader): AddressBook.Init => it;
export const soIsWhatIsPlain = (it: Plain<Everything.Reader>): Everything.Init => it;
export const plainNames = (it: AddressBook.Reader): string[] =>
  it.toObject().people.map(({ name }) => name);

export const wordCounts = (it: Mapping.Reader<typeof Text, typeof Entry>): string[] =>
  it.entries.map(({ key, value }) => key + value.name);

/** Capabilities pipeline through structs, groups and unions. */
export const leaves = (): readonly Leaf.Client[] => [
  root.open().leaf,
  root.open().branch.leaf,
  root.open().branch.group.deep.leaf,
  root.open().branch.two.one,
  root.whole().group.leaf,
  root.whole().root.open().branch.one,
];

export async function generics(): Promise<string> {
  const { value, more } = await store.entries().cursor.next();
  const entries: Cursor.Client<typeof Entry> = store.entries().cursor;
  const mapped = entries.map({ into: entrySink });
  const next = (await mapped.cursor.next()).value.name;
  const { b } = await store.both().both.both({ a: "text" });
  return more ? value.name : next + b.name;
}

export const serving: Cursor.Server<typeof Entry> = Cursor.of(Entry).serve({
  next: () => ({ value: { name: "first" }, more: false }),
});

/** A child is its parents, and has their methods. */
export const parents: readonly [Closable.Client, Readable.Client, Stream.Client] = [
  socket,
  socket,
  socket,
];
export const closed = socket.close();
export const read = socket.read({ count: 1 });

export class Tcp extends Socket.Server {
  override read({ count }: Readable.Read.Params) {
    return { bytes: new Uint8Array(count) };
  }
  override close() {
    return {};
  }
  override self() {
    return { socket: this };
  }
}
export const asParent: Readable.Server = new Tcp();

/** Two parents with a method of one name. */
export const runs: readonly [A.Run.Call, B.Run.Call] = [both.run({ a: "" }), both.run_({ b: 1 })];
export const first: A.Client = both;
export class TwoRuns extends Both.Server {
  override run({ a }: A.Run.Params) {
    return { a };
  }
  override run_({ b }: B.Run.Params) {
    return { b };
  }
}

export class Total extends Counter.Server {
  #value = 0n;
  override increment({ by }: Counter.Increment.Params) {
    this.#value += BigInt(by);
    return { value: this.#value };
  }
  override read(_: Counter.Read.Params, call: CallContext<Counter.Read.Builder>) {
    call.results.value = this.#value;
    return call.results;
  }
  override child(): Counter.Child.Returns {
    return { counter: new Total() };
  }
  override subscribe({ observer }: Counter.Subscribe.Params) {
    void observer.changed({ value: this.#value });
    return { subscription: Counter.Subscription.serve({}) };
  }
}

/** Parameters are typed by the method that is served. */
export const served = Library.serve({
  checkoutBook: ({ isbn }, call) => {
    call.signal.throwIfAborted();
    return { loan: Loan.serve({ renew: () => ({ dueDate: BigInt(isbn.length) }) }) };
  },
  search: async ({ query }) => {
    await Promise.resolve();
    return { books: [{ title: query }] };
  },
});

/** The results of another call are results. */
export const forwarding = (next: Library.Client): Library.Server =>
  Library.serve({
    checkoutBook: ({ isbn }) => next.checkoutBook({ isbn }),
    search: ({ query }, call) => call.tailCall(next, "search", { query }),
  });

export const waiter = Waiter.serve({ returned: () => ({}) });
export const sink = ByteSink.serve({ write: () => ({}), end: () => ({ count: 1n }) });
export const streamed = (it: ByteSink.Client): PromiseLike<unknown> =>
  it.write({ bytes: new Uint8Array(1) });
export const casted: Readable.Client = cast(socket, Socket);
