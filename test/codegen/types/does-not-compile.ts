/** Mistakes that the compiler must catch in generated code; each expectation fails the build when it stops doing so. */
import { any, encode, type CallContext, Text } from "handfast/capnp";
import { AddressBook, type Person } from "../golden/addressbook.capnp.ts";
import { Anything } from "../golden/any-pointer.capnp.ts";
import { type Registry } from "../golden/generic-method.capnp.ts";
import { Counter } from "../golden/counter.capnp.ts";
import { type Planet, Trip } from "../golden/enums.capnp.ts";
import { type Cursor, type Entry, type Store } from "../golden/generic-interface.capnp.ts";
import { Map as Mapping, Optional } from "../golden/generic-struct.capnp.ts";
import { type Readable, type Socket, Stream } from "../golden/inheritance.capnp.ts";
import { Signal } from "../golden/large-union.capnp.ts";
import { Library, Loan } from "../golden/library.capnp.ts";
import { type Root } from "../golden/pipelining.capnp.ts";
import { Both } from "../golden/same-names.capnp.ts";
import { Scalars } from "../golden/scalars.capnp.ts";
import { type ByteSink } from "../golden/streaming.capnp.ts";
import { Bare, Shape } from "../golden/unnamed-union.capnp.ts";

declare const person: Person.Reader;
declare const shape: Shape.Reader;
declare const store: Store.Client;
declare const root: Root.Client;
declare const readable: Readable.Client;
declare const desk: Library.Client;
declare const registry: Registry.Client;
declare const sink: ByteSink.Client;

// Initialisers ------------------------------------------------------------------------------------

// @ts-expect-error: a misspelt field, deep inside
export const misspelt = encode(AddressBook, { people: [{ nmae: "Ada" }] });

// @ts-expect-error: a number where a bigint belongs
export const narrow = encode(Scalars, { u64: 1 });

// @ts-expect-error: a string where a number belongs
export const wrong = encode(Scalars, { u8: "1" });

// @ts-expect-error: Void is null
export const nothing = encode(Scalars, { nothing: true });

// @ts-expect-error: an enumerant that is none
export const pluto = encode(Trip, { to: "pluto" });

// @ts-expect-error: two members of a union
export const both = encode(Bare, { one: 1, two: 2 });

// @ts-expect-error: two members of a large union
export const signals = encode(Signal, { m0: 1, m65: null });

// @ts-expect-error: two members of a named union
export const jobs: Person.Employment.Init = { school: "MIT", employer: "ACME" };

// @ts-expect-error: a member of a union that is none
export const triangle = encode(Shape, { triangle: 3 });

// @ts-expect-error: a value without its type
export const untyped = encode(Anything, { any: "text" });

// @ts-expect-error: a value of another type
export const mistyped = any(Text, 5);

// Readers -----------------------------------------------------------------------------------------

// @ts-expect-error: a reader is read only
person.name = "Eve";

// @ts-expect-error: its lists as well
person.phones = [];

// @ts-expect-error: a member that is not known to be the active one
export const circle = shape.circle;

// @ts-expect-error: a list has no index access
export const first = person.phones[0];

// @ts-expect-error: what `toObject` makes has no methods
export const plain = person.toObject().toObject();

export function exhaustive(planet: Planet): string {
  switch (planet) {
    case "mercury":
    case "venus":
    case "earth":
      return planet;
    default:
      // @ts-expect-error: a newer schema's enumerant is a number
      return planet satisfies never;
  }
}

export function members(it: Bare.Reader): number {
  switch (it.which) {
    case "one":
      return it.one;
    case "two":
      return it.two;
    default:
      // @ts-expect-error: a newer schema's member has no name
      return it.which satisfies never;
  }
}

// Generics ----------------------------------------------------------------------------------------

// @ts-expect-error: a value of another type than the parameter is bound to
export const bound = encode(Mapping.of(Text, Optional.of(Text)), { entries: [{ key: 5 }] });

// @ts-expect-error: a cursor over something else
export const cursor: Cursor.Client<typeof Entry> = store.texts().cursor;

// @ts-expect-error: no message says what a method's own parameter was bound to
void registry.put({ name: "it", value: "text" });

export async function unbound(): Promise<string> {
  const { value } = await registry.get({ name: "it" });
  // @ts-expect-error: it has no type until it is read `as` one
  return value;
}

// Interfaces --------------------------------------------------------------------------------------

// @ts-expect-error: a parent is no child
export const socket: Socket.Client = readable;

// @ts-expect-error: results that are data do not pipeline
export const early = root.open().number;

// @ts-expect-error: nor do groups that hold only data
export const group = root.whole().plain;

export async function written(): Promise<unknown> {
  // @ts-expect-error: streaming calls have no results
  return (await sink.write({ bytes: new Uint8Array(1) })).count;
}

// @ts-expect-error: a number where a bigint belongs, in a result
export const counted = Counter.serve({ read: () => ({ value: 1 }) });

// @ts-expect-error: a misspelt parameter
void desk.checkoutBook({ isnb: "" });

// @ts-expect-error: a misspelt option
void desk.checkoutBook({ isbn: "" }, { timeout: 5 });

// @ts-expect-error: a misspelt method
export const misspeltMethod = Library.serve({ checkoutBok: () => ({}) });

// @ts-expect-error: a misspelt method beside a good one
export const oneOfTwo = Loan.serve({ renew: () => ({ dueDate: 1n }), whenRetuned: () => ({}) });

// @ts-expect-error: a misspelt result
export const misspeltResult = Loan.serve({ renew: () => ({ duedate: 5n }) });

// @ts-expect-error: a misspelt result beside a good one
export const extraResult = Loan.serve({ renew: () => ({ dueDate: 5n, until: "now" }) });

// @ts-expect-error: a misspelt result in a promise
export const promised = Loan.serve({ renew: () => Promise.resolve({ dueDate: 5n, until: 1 }) });

// @ts-expect-error: a result of the wrong type
export const mistypedResult = Loan.serve({ renew: () => ({ dueDate: 5 }) });

// @ts-expect-error: a forgotten return
export const forgotten = Loan.serve({ renew: () => {} });

// @ts-expect-error: an inherited method that is misspelt
export const inherited = Stream.serve({ closed: () => ({}) });

export class Wrong extends Both.Server {
  // @ts-expect-error: the later parent's method has another name
  override run({ b }: { b: number }) {
    return { b };
  }

  // @ts-expect-error: overrides nothing
  override rum() {
    return {};
  }
}

export class Results extends Counter.Server {
  // @ts-expect-error: filled, and not returned
  override read(_: Counter.Read.Params, call: CallContext<Counter.Read.Builder>) {
    call.results.value = 1n;
  }
}
