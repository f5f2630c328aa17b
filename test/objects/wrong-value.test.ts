import { ContentBuilder, encode, type PointerType } from "handfast/capnp";
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AddressBook } from "../codegen/golden/addressbook.capnp.ts";
import { Anything } from "../codegen/golden/any-pointer.capnp.ts";
import { Lists } from "../codegen/golden/lists.capnp.ts";
import { Grid } from "../codegen/golden/nested-lists.capnp.ts";
import { Shape } from "../codegen/golden/unnamed-union.capnp.ts";
import { Book, Library } from "../codegen/golden/library.capnp.ts";
import { overTcp } from "../codegen/over-tcp.ts";
import { thrownBy } from "../support/thrown.ts";

/** What JavaScript could hand in, whatever the types say. */
const wrong = (value: unknown) => value as never;

describe("a value that its field cannot hold is refused with the path to it", () => {
  it.each([
    ["init must be an object, got number 5", AddressBook, 5],
    [
      "init.people[1].name must be a string, got number 5",
      AddressBook,
      { people: [{}, { name: 5 }] },
    ],
    [
      "init.people[1] must be an object, got null",
      AddressBook,
      { people: [{ id: 1, name: "Ada" }, null] },
    ],
    ["init.people must be an array, got string", AddressBook, { people: "Ada" }],
    [
      "init.people[0].phones[0].type must be an enumerant of addressbook.capnp:Person.PhoneNumber.Type, got string",
      AddressBook,
      { people: [{ phones: [{ type: "pager" }] }] },
    ],
    [
      "init.people[0].employment.school must be a string, got bigint 7",
      AddressBook,
      { people: [{ employment: { school: 7n } }] },
    ],
    ["init.u8s[2] must be a UInt8, got number 256", Lists, { u8s: [0, 255, 256] }],
    ...["i8s", "i16s", "i32s", "u8s", "u16s", "u32s"].map((name): [string, PointerType, object] => {
      const wanted = `${name.startsWith("u") ? "a UI" : "an I"}nt${name.slice(1, -1)}`;
      return [`init.${name}[0] must be ${wanted}, got bigint 7`, Lists, { [name]: [7n] }];
    }),
    ["init.u8s must be an array, got null", Lists, { u8s: null }],
    ["init.i64s[0] must be an Int64, a bigint, got number 5", Lists, { i64s: [5] }],
    ["init.flags[1] must be a boolean, got string", Lists, { flags: [true, "no"] }],
    ["init.datas[0] must be a Uint8Array, got string", Lists, { datas: ["bytes"] }],
    ["init.f32s[0] must be a number, got string", Lists, { f32s: ["1"] }],
    [
      "init.texts[1] must be a string, got undefined",
      Lists,
      Object.freeze({ texts: Object.freeze(["a", undefined]) }),
    ],
    [
      "init.deep[2][0][1] must be a string, got a Map",
      Grid,
      { deep: [[["a"], []], [], [["b", new Map()]]] },
    ],
    ["init.nested.area must be a number, got string", Shape, { nested: { area: "large" } }],
    ["init.box must be an object, got an array", Shape, { box: [] }],
    [
      "init.any must be any(…) or an AnyPointer of a message, got string",
      Anything,
      { any: "text" },
    ],
  ])("%s", (message, type, init) => {
    const thrown = thrownBy(() => encode(type as PointerType, wrong(init)));
    expect(thrown).toMatchObject({ code: "VALUE_OUT_OF_RANGE", blame: "caller", message });
  });

  it("in parameters, before anything is sent", async () => {
    const library = await overTcp(Library, Library.serve({}));
    await expect(library.checkoutBook({ isbn: wrong(5) })).rejects.toMatchObject({
      executed: "no",
      message: "library.capnp:Library.checkoutBook: params.isbn must be a string, got number 5",
    });
    const loan = library.checkoutBook({ isbn: "1" }).loan;
    await expect(loan.whenReturned({ waiter: wrong({ returned: 5 }) })).rejects.toThrow(
      "params.waiter must be a client, a server object, or a promise of one, got an object",
    );
  });

  it("in results, in the server's log and nowhere else", async () => {
    const said: object[] = [];
    const say = (fields: object) => void said.push(fields);
    const library = await overTcp(
      Library,
      Library.serve({ search: () => ({ books: [{ title: wrong(null) }] }) }),
      { logger: { debug: say, info: say, warn: say, error: say } },
    );
    await expect(library.search({ query: "" })).rejects.toThrow(/internal error \(ref 1\)$/);
    expect(inspect(said)).toContain("results.books[0].title must be a string, got null");
  });

  it("and so does a setter, as far as it knows", () => {
    const book = new ContentBuilder("call").root(Book);
    expect(thrownBy(() => (book.title = wrong(5)))).toMatchObject({
      message: "a value must be a string, got number 5",
    });
  });
});
