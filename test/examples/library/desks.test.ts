import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { Identity, type PeerId, Vat } from "handfast";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  Catalogue,
  Librarian,
  type Loan,
  MemberDesk,
  VisitorDesk,
  Waiter,
} from "../../../src/examples/library/library.capnp.ts";
import { type DiaryEntry } from "../../../src/examples/library/library.ts";
import { LibraryNode, NETWORK } from "../../../src/examples/library/node.ts";
import { Roster } from "../../../src/examples/library/roster.ts";

const EMMA = "9799000000400";
const DRACULA = "9799000000936";

let folder: string;
let node: LibraryNode;
let diary: DiaryEntry[];
let readers: Vat[];
/** What the library's own log says: nobody else hears of it. */
let logged: string[];
let ids: Record<"librarian" | "member" | "friend" | "visitor", PeerId>;
let identities: Record<keyof typeof ids, Identity>;

function openNode(): Promise<LibraryNode> {
  const log = (fields: object, message: string) => logged.push(`${message} ${inspect(fields)}`);
  return LibraryNode.open({
    data: folder,
    diary: (entry) => diary.push(entry),
    logger: { debug: () => {}, info: () => {}, warn: log, error: log },
  });
}

/** A reader's line to the library, under the key of that name. */
async function lineOf(name: keyof typeof ids) {
  const vat = await Vat.open({ identity: identities[name], network: NETWORK });
  readers.push(vat);
  return { vat, line: vat.connect(node.address) };
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-desks-"));
  diary = [];
  readers = [];
  logged = [];
  identities = {
    librarian: await Identity.generate(),
    member: await Identity.generate(),
    friend: await Identity.generate(),
    visitor: await Identity.generate(),
  };
  const { librarian, member, friend, visitor } = identities;
  ids = { librarian: librarian.id, member: member.id, friend: friend.id, visitor: visitor.id };
  const roster = new Roster(
    new Map([
      [ids.librarian, "librarian"],
      [ids.member, "member"],
      [ids.friend, "member"],
      [ids.visitor, "visitor"],
    ]),
  );
  await writeFile(join(folder, "roster.json"), roster.toJsonText());
  node = await openNode();
});
afterEach(async () => {
  await Promise.all(readers.map((vat) => vat.close()));
  await node[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("the front door", () => {
  it("gives each key the root of its role, and writes down to whom", async () => {
    for (const role of ["librarian", "member", "visitor"] as const) {
      const { line } = await lineOf(role);
      const found = await line.bootstrap(Catalogue).search({ query: "dracula" });
      expect(found.books.map(({ isbn }) => isbn)).toEqual([DRACULA]);
      expect(diary.at(-1)).toEqual({ did: "root given", by: ids[role], role });
    }
  });

  it("gives no root more than its own interface", async () => {
    const unimplemented = { code: "UNIMPLEMENTED" };
    const visitor = (await lineOf("visitor")).line;
    const asMember = visitor.bootstrap(MemberDesk).checkoutBook({ isbn: EMMA });
    await expect(asMember).rejects.toMatchObject(unimplemented);
    await expect(visitor.bootstrap(Librarian).onLoan()).rejects.toMatchObject(unimplemented);
    const member = (await lineOf("member")).line;
    const asLibrarian = member.bootstrap(Librarian).deskOf({ member: ids.friend });
    await expect(asLibrarian).rejects.toMatchObject(unimplemented);
    const librarian = (await lineOf("librarian")).line;
    const forHerself = librarian.bootstrap(MemberDesk).checkoutBook({ isbn: EMMA });
    await expect(forHerself).rejects.toMatchObject(unimplemented);
  });

  it("turns a stranger away", async () => {
    const stranger = await Vat.open({ identity: await Identity.generate(), network: NETWORK });
    readers.push(stranger);
    await expect(stranger.connect(node.address).ready).rejects.toMatchObject({
      code: "NOT_ADMITTED",
    });
    expect(diary).toEqual([]);
  });
});

describe("a visitor", () => {
  it("reads what the reading room has", async () => {
    const desk = (await lineOf("visitor")).line.bootstrap(VisitorDesk);
    expect((await desk.readHere({ isbn: EMMA })).opening).toMatch(/^Emma Woodhouse/);
    await expect(desk.readHere({ isbn: DRACULA })).rejects.toMatchObject({
      code: "FAILED",
      message: expect.stringContaining("NO_READING_COPY: ") as string,
    });
  });

  it("is told what is wrong with an ISBN", async () => {
    const desk = (await lineOf("visitor")).line.bootstrap(VisitorDesk);
    for (const [isbn, code] of [
      ["9780306406157", "UNKNOWN_ISBN"],
      ["9780306406158", "ISBN_INVALID"],
      ["", "ISBN_INVALID"],
      ["\u001b[2J".repeat(1000), "ISBN_INVALID"],
    ] as const) {
      await expect(desk.readHere({ isbn })).rejects.toMatchObject({
        message: expect.stringContaining(`${code}: `) as string,
      });
    }
  });
});

describe("a member", () => {
  it("checks out in her own name, without giving it", async () => {
    const desk = (await lineOf("member")).line.bootstrap(MemberDesk);
    const about = await desk.checkoutBook({ isbn: EMMA }).loan.about();
    expect(about.book).toMatchObject({ isbn: EMMA, title: "Emma", year: 1815, onLoan: true });
    const [entry] = (await desk.loans()).loans.toArray();
    expect(entry?.borrower).toBe(ids.member);
    expect(diary.at(-1)).toEqual({ did: "lent", by: ids.member, title: "Emma" });
    const friend = (await lineOf("friend")).line.bootstrap(MemberDesk);
    expect((await friend.loans()).loans).toHaveLength(0);
  });

  it("renews and gives back by the reference alone", async () => {
    const desk = (await lineOf("member")).line.bootstrap(MemberDesk);
    const { loan } = await desk.checkoutBook({ isbn: EMMA });
    expect(await loan.renew()).toMatchObject({ renewalsLeft: 2 });
    await loan.giveBack();
    await expect(loan.renew()).rejects.toMatchObject({
      message: expect.stringContaining("LOAN_ENDED") as string,
    });
    expect(diary.map(({ did }) => did)).toEqual(["root given", "lent", "renewed", "taken back"]);
  });

  it("finds her loans again after a restart, as new references", async () => {
    const desk = (await lineOf("member")).line.bootstrap(MemberDesk);
    await desk.checkoutBook({ isbn: EMMA });
    await node[Symbol.asyncDispose]();
    node = await openNode();
    const again = (await lineOf("member")).line.bootstrap(MemberDesk);
    const { loans } = await again.loans();
    expect(loans.map(({ book }) => book.title)).toEqual(["Emma"]);
    await loans.at(0)!.loan.giveBack();
    expect((await again.loans()).loans).toHaveLength(0);
  });

  it("is not told what the library's disk has to say; the library's log is", async () => {
    const desk = (await lineOf("member")).line.bootstrap(MemberDesk);
    await mkdir(join(folder, "loans.json.new")); // where the library would write
    const failed = desk.checkoutBook({ isbn: EMMA });
    await expect(failed).rejects.toMatchObject({
      code: "FAILED",
      message: expect.not.stringContaining(folder) as string,
    });
    expect(logged.join("\n")).toContain("LOANS_NOT_SAVED");
    expect((await desk.search({ query: EMMA })).books.at(0)?.onLoan).toBe(false);
  });
});

describe("a librarian", () => {
  it("acts at the desk of a member, in that member's name", async () => {
    const root = (await lineOf("librarian")).line.bootstrap(Librarian);
    await root.deskOf({ member: ids.friend }).desk.checkoutBook({ isbn: EMMA });
    const [entry] = (await root.onLoan()).loans.toArray();
    expect(entry).toMatchObject({ borrower: ids.friend });
    expect(diary.slice(-2)).toEqual([
      { did: "desk opened", by: ids.librarian, member: ids.friend },
      { did: "lent", by: ids.librarian, title: "Emma" },
    ]);
  });

  it("opens no desk for those who are not members", async () => {
    const root = (await lineOf("librarian")).line.bootstrap(Librarian);
    for (const member of [ids.visitor, ids.librarian, "ed25519:nobody", ""]) {
      await expect(root.deskOf({ member })).rejects.toMatchObject({
        message: expect.stringContaining("UNKNOWN_MEMBER") as string,
      });
    }
  });
});

describe("a reader who waits", () => {
  /**
   * An object of the reader's that keeps what it is told; `next` resolves at the next call, and
   * `dropped` once the library does not hold it.
   */
  function waiterOf() {
    const told: string[] = [];
    let heard = () => {};
    const next = new Promise<void>((resolve) => (heard = resolve));
    let drop = () => {};
    const dropped = new Promise<void>((resolve) => (drop = resolve));
    const waiter = Waiter.serve({
      bookIsBack({ book }) {
        told.push(book.title);
        heard();
        return {};
      },
    });
    Object.assign(waiter, { [Symbol.dispose]: () => drop() });
    return { told, next, dropped, waiter };
  }

  async function lend(isbn: string): Promise<Loan.Client> {
    const root = (await lineOf("librarian")).line.bootstrap(Librarian);
    return (await root.deskOf({ member: ids.friend }).desk.checkoutBook({ isbn })).loan;
  }

  it("is called when the book is back, though the call that asked has long returned", async () => {
    const loan = await lend(EMMA);
    const desk = (await lineOf("member")).line.bootstrap(MemberDesk);
    const { told, next, waiter } = waiterOf();
    await desk.tellMeWhenBack({ isbn: EMMA, waiter });
    await desk.search({ query: "" });
    expect(told).toEqual([]);
    await loan.giveBack();
    await next;
    expect(told).toEqual(["Emma"]);
  });

  it("is called at once for a book on the shelf", async () => {
    const desk = (await lineOf("member")).line.bootstrap(MemberDesk);
    const { told, next, waiter } = waiterOf();
    await desk.tellMeWhenBack({ isbn: EMMA, waiter });
    await next;
    expect(told).toEqual(["Emma"]);
  });

  it("is forgotten when her line is lost, and the library goes on", async () => {
    const loan = await lend(EMMA);
    const { vat, line } = await lineOf("member");
    const { told, waiter } = waiterOf();
    await line.bootstrap(MemberDesk).tellMeWhenBack({ isbn: EMMA, waiter });
    await vat.close();
    await loan.giveBack();
    expect(told).toEqual([]);
    const root = (await lineOf("librarian")).line.bootstrap(Librarian);
    expect((await root.onLoan()).loans).toHaveLength(0);
  });

  it("waits once: a second object is refused, and not kept", async () => {
    await lend(EMMA);
    const desk = (await lineOf("member")).line.bootstrap(MemberDesk);
    await desk.tellMeWhenBack({ isbn: EMMA, waiter: waiterOf().waiter });
    const second = waiterOf();
    const refused = desk.tellMeWhenBack({ isbn: EMMA, waiter: second.waiter });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringContaining("TOO_MANY_WAITING") as string,
    });
    await second.dropped;
  });

  it("may wait again when her line is lost", async () => {
    await lend(EMMA);
    const first = await lineOf("member");
    const wait = (at: MemberDesk.Client) =>
      at.tellMeWhenBack({ isbn: EMMA, waiter: waiterOf().waiter });
    await wait(first.line.bootstrap(MemberDesk));
    const again = (await lineOf("member")).line.bootstrap(MemberDesk);
    await first.vat.close();
    await vi.waitFor(() => wait(again)); // until the library, too, knows that the line is gone
  });
});
