import { any, type CallContext, cast, isNull, Text } from "handfast/capnp";
import { describe, expect, it } from "vitest";
import { Carrier } from "./golden/any-pointer.capnp.ts";
import { Node, Root as CapabilityRoot } from "./golden/capabilities.capnp.ts";
import { Quiet } from "./golden/empties.capnp.ts";
import { Cursor, Entry, Store } from "./golden/generic-interface.capnp.ts";
import { Registry } from "./golden/generic-method.capnp.ts";
import { TreeKeeper } from "./golden/imports.capnp.ts";
import { Closable, type Readable, Socket, Writable } from "./golden/inheritance.capnp.ts";
import { Library, Loan, Waiter } from "./golden/library.capnp.ts";
import { Calculator } from "./golden/methods.capnp.ts";
import { Facade } from "./golden/names.capnp.ts";
import { Leaf, Root } from "./golden/pipelining.capnp.ts";
import { Odd, Verbs } from "./golden/reserved.capnp.ts";
import { B, Both, Grandchild } from "./golden/same-names.capnp.ts";
import { ByteSink } from "./golden/streaming.capnp.ts";
import { overTcp } from "./over-tcp.ts";

const leaf = (text: string) => Leaf.serve({ get: () => ({ text }) });

describe("a server", () => {
  it("is a class to extend, whose methods keep their `this`", async () => {
    class Desk extends Library.Server {
      readonly #lent: string[] = [];
      override checkoutBook({ isbn }: Library.CheckoutBook.Params) {
        this.#lent.push(isbn);
        return { loan: Loan.serve({ renew: () => ({ dueDate: BigInt(this.#lent.length) }) }) };
      }
      override search(_: Library.Search.Params, call: CallContext<Library.Search.Builder>) {
        call.results.books = this.#lent.map((isbn) => ({ isbn, title: `No. ${isbn}` }));
        return call.results;
      }
    }
    const desk = await overTcp(Library, new Desk());
    expect((await desk.checkoutBook({ isbn: "1" }).loan.renew()).dueDate).toBe(1n);
    const { books } = await desk.search({ query: "" });
    expect(books.map(({ title }) => title)).toEqual(["No. 1"]);
  });

  it("is a plain object with some of the methods", async () => {
    const returned: string[] = [];
    const loan = await overTcp(
      Loan,
      Loan.serve({
        whenReturned: async ({ waiter }) => {
          await waiter.returned({ isbn: "9" });
          return {};
        },
      }),
    );
    const waiter = Waiter.serve({
      returned: ({ isbn }) => {
        returned.push(isbn);
        return {};
      },
    });
    await loan.whenReturned({ waiter });
    expect(returned).toEqual(["9"]);
    await expect(loan.renew()).rejects.toMatchObject({ kind: "unimplemented" });
  });
});

describe("parameters and results", () => {
  it("may be structs with names, and have defaults", async () => {
    const calculator = await overTcp(
      Calculator,
      Calculator.serve({
        add: ({ left, right }) => ({ sum: left + right }),
        evaluate: ({ text }) => ({ number: Number(text) }),
        list: () => ({ values: [{ number: 1 }] }),
        mixed2: ({ ok }) => ({ number: ok ? 1 : 0 }),
      }),
    );
    expect((await calculator.add({})).sum).toBe(3);
    expect((await calculator.add({ left: 5 })).sum).toBe(7);
    expect((await calculator.evaluate({ text: "2.5" })).number).toBe(2.5);
    const { info, values } = await calculator.list();
    expect([info.text, info.count, values.length]).toEqual(["none", 3, 1]);
    expect((await calculator.mixed2({})).number).toBe(1);
  });

  it("may be empty structs", async () => {
    const quiet = await overTcp(
      Quiet,
      Quiet.serve({ hush: () => ({}), hold: ({ empty }) => ({ empty }) }),
    );
    expect((await quiet.hush()).toObject()).toEqual({});
    expect((await quiet.hold({ empty: {} })).empty.toObject()).toEqual({});
  });

  it("hold capabilities in structs, lists, groups and unions", async () => {
    const node = (value: string): Node.Server => Node.serve({ get: () => ({ value }) });
    const root = await overTcp(CapabilityRoot, CapabilityRoot.serve({ hold: (holder) => holder }));
    const held = await root.hold({
      nodes: [node("0"), node("1")],
      inner: { node: node("inner") },
      group: { node: node("group") },
      right: node("right"),
    });
    const values = [held.nodes.at(1), held.inner.node, held.group.node];
    const got = await Promise.all(values.map(async (it) => (await it!.get()).value));
    expect(got).toEqual(["1", "inner", "group"]);
    expect(held.which === "right" && (await held.right.get()).value).toBe("right");
    expect(isNull(held.node)).toBe(true);
  });

  it("of any type are read as what they are", async () => {
    const carrier = await overTcp(
      Carrier,
      Carrier.serve({ carry: ({ what }) => ({ what, cap: leaf("any") }) }),
    );
    const { what, cap } = await carrier.carry({ what: any(Text, "cargo") });
    expect(what.as(Text)).toBe("cargo");
    expect((await cast(cap, Leaf).get()).text).toBe("any");
  });
});

describe("pipelining", () => {
  it("reaches through structs, groups and unions before anything has arrived", async () => {
    const branch = {
      leaf: leaf("leaf"),
      group: { leaf: leaf("group"), deep: { leaf: leaf("deep") } },
      two: { one: leaf("two.one") },
    };
    const root: Root.Server = Root.serve({
      open: () => ({ leaf: leaf("open"), branch }),
      whole: () => ({ ...branch, root }),
    });
    const remote = await overTcp(Root, root);
    const open = remote.open();
    const whole = remote.whole();
    const texts = [
      open.leaf,
      open.branch.leaf,
      open.branch.group.leaf,
      open.branch.group.deep.leaf,
      open.branch.two.one,
      whole.group.deep.leaf,
      whole.two.one,
      whole.root.open().branch.leaf,
    ].map(async (it) => (await it.get()).text);
    expect(await Promise.all(texts)).toEqual([
      "open",
      "leaf",
      "group",
      "deep",
      "two.one",
      "deep",
      "two.one",
      "leaf",
    ]);
  });
});

describe("inheritance", () => {
  class Tcp extends Socket.Server {
    override close() {
      return {};
    }
    override read({ count }: Readable.Read.Params) {
      return { bytes: new Uint8Array(count).fill(7) };
    }
    override address() {
      return { address: "here" };
    }
    override self() {
      return { socket: this };
    }
  }

  it("gives a child its ancestors' methods, once each in a diamond", async () => {
    const socket = await overTcp(Socket, new Tcp());
    expect((await socket.read({ count: 2 })).bytes).toEqual(Uint8Array.of(7, 7));
    expect((await socket.self().socket.address()).address).toBe("here");
    await socket.close();
    await expect(socket.flush()).rejects.toMatchObject({ kind: "unimplemented" });
  });

  it("lets a child pass for any of its ancestors", async () => {
    const socket = await overTcp(Socket, new Tcp());
    const readable: Readable.Client = socket;
    expect((await readable.read({ count: 1 })).bytes.length).toBe(1);
    await cast(socket, Closable).close();
    await expect(cast(socket, Writable).write({})).rejects.toMatchObject({ kind: "unimplemented" });
  });

  it("tells methods of one name apart", async () => {
    class Twice extends Both.Server {
      override run() {
        return { a: "from A" };
      }
      override run_({ b }: B.Run.Params) {
        return { b: b + 1 };
      }
    }
    const both = await overTcp(Both, new Twice());
    expect((await both.run({})).a).toBe("from A");
    expect((await both.run_({ b: 1 })).b).toBe(2);
    expect((await cast(both, B).run({ b: 2 })).b).toBe(3);
  });

  it("tells them apart through generations", async () => {
    const called: string[] = [];
    const note = (name: string) => () => {
      called.push(name);
      return {};
    };
    const grandchild = await overTcp(
      Grandchild,
      Grandchild.serve({
        run: note("A"),
        run_: note("Child"),
        run__: note("B"),
        run___: note("Grandchild"),
      }),
    );
    await grandchild.run___({});
    await grandchild.run__({});
    await grandchild.run_({});
    await grandchild.run({});
    expect(called).toEqual(["Grandchild", "B", "Child", "A"]);
  });

  it("crosses files and binds the parents' parameters", async () => {
    const keeper = await overTcp(
      TreeKeeper,
      TreeKeeper.serve({
        keep: ({ owner }) => ({ ref: `of ${String(owner.length)}` }),
        find: ({ number }) => ({ ref: "found", number }),
        plant: () => ({}),
      }),
    );
    expect((await keeper.keep({ owner: new Uint8Array(3) })).ref).toBe("of 3");
    expect((await keeper.find({ number: 4 })).toObject()).toEqual({ ref: "found", number: 4 });
    await keeper.plant({ tree: { value: 1 } });
  });
});

describe("a generic interface", () => {
  const entries = (names: readonly string[]): Cursor.Server<typeof Entry> => {
    const left = [...names];
    return Cursor.of(Entry).serve({
      next: () => ({ value: { name: left.shift() ?? "" }, more: left.length > 0 }),
      map: async ({ into }) => {
        for (const name of left) await into.put({ value: { name } });
        return { cursor: entries(left) };
      },
    });
  };

  it("is served and called with its parameter bound", async () => {
    const store = await overTcp(
      Store,
      Store.serve({ entries: () => ({ cursor: entries(["a", "b"]) }) }),
    );
    const { cursor } = store.entries();
    const first = await cursor.next();
    expect([first.value.name, first.more]).toEqual(["a", true]);
    expect((await cursor.next()).value.toObject()).toEqual({ name: "b" });
  });

  it("is one object whatever its parameter is bound to", async () => {
    const cursor = await overTcp(Cursor.of(Entry), entries(["a"]));
    expect((await cast(cursor, Cursor).next()).value.as(Entry).name).toBe("a");
  });
});

describe("a generic method", () => {
  it("takes and gives any pointer", async () => {
    const registry = await overTcp(
      Registry,
      Registry.serve({
        get: ({ name }) => ({ value: any(Text, `value of ${name}`) }),
        box: ({ value }) => ({ box: value }),
      }),
    );
    expect((await registry.get({ name: "x" })).value.as(Text)).toBe("value of x");
    const { box } = await registry.box({ value: { value: any(Entry, { name: "boxed" }) } });
    expect(box.value.as(Entry).name).toBe("boxed");
  });
});

describe("a streaming method", () => {
  it("is called in order, one at a time", async () => {
    const sizes: number[] = [];
    const sink = await overTcp(
      ByteSink,
      ByteSink.serve({
        write: async ({ bytes }) => {
          await Promise.resolve();
          sizes.push(bytes.length);
          return {};
        },
        end: () => ({ count: BigInt(sizes.length) }),
      }),
    );
    const writes = [3, 1, 2].map((size) => sink.write({ bytes: new Uint8Array(size) }));
    const { count } = await sink.end();
    await Promise.all(writes);
    expect([sizes, count]).toEqual([[3, 1, 2], 3n]);
  });
});

describe("names", () => {
  it("of methods and results that mean something to promises get a trailing underscore", async () => {
    const odd = await overTcp(
      Odd,
      Odd.serve({
        then_: () => ({ then_: "called" }),
        constructor_: (params) => ({ constructor_: params.constructor_ }),
        toString_: () => ({ text: "text" }),
        close: () => ({}),
      }),
    );
    expect((await odd.then_()).then_).toBe("called");
    expect((await odd.constructor_({ constructor_: "c" })).constructor_).toBe("c");
    expect((await odd.toString_()).text).toBe("text");
    await odd.close();
  });

  it("of methods may be those of the const, and of constants beside them", async () => {
    const verbs = await overTcp(Verbs, Verbs.serve({ of: () => ({ serve: "of" }) }));
    expect([(await verbs.of()).serve, Verbs.methods_.at(0), Verbs.serve_]).toEqual([
      "of",
      "GET",
      1,
    ]);
  });

  it("may be chosen by an annotation", async () => {
    const facade = await overTcp(Facade, Facade.serve({ andThen: () => ({}) }));
    expect((await facade.andThen()).toObject()).toEqual({});
  });
});
