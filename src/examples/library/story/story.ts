import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Identity, type PeerId } from "handfast";
import { type Book, readCatalog, SAMPLE_CATALOG } from "../catalog.ts";
import { LibraryError } from "../library-error.ts";
import { type DiaryEntry } from "../library.ts";
import { replaceFile } from "../replace-file.ts";
import { type Role, Roster } from "../roster.ts";
import { Cast } from "./cast.ts";
import { type Accessed } from "./library-process.ts";
import { type ToldBack } from "./member-process.ts";
import { Road } from "./road.ts";
import { must, refusalOf, type Steps } from "./steps.ts";

export interface StoryOptions {
  readonly steps: Steps;
  /** Default: the hundred sample books. */
  readonly catalog?: string | undefined;
}

/**
 * Plays the whole story: the library and four peers, each a process of its own with a key of its
 * own, over TCP. Rejects at the first step that does not happen.
 */
export async function playStory({ steps, catalog = SAMPLE_CATALOG }: StoryOptions): Promise<void> {
  const books = await threeBooks(catalog);
  const folder = await mkdtemp(join(tmpdir(), "handfast-library-"));
  try {
    await using cast = new Cast();
    await new Story(steps, cast, folder, catalog, books).play();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

class Story {
  readonly #steps: Steps;
  readonly #cast: Cast;
  readonly #folder: string;
  readonly #catalog: string;
  readonly #books: readonly [Book, Book, Book];
  #address = "";
  /** A member who came without a computer: a key on the roster, for whom the librarian acts. */
  #absent: PeerId | undefined;

  constructor(
    steps: Steps,
    cast: Cast,
    folder: string,
    catalog: string,
    books: readonly [Book, Book, Book],
  ) {
    this.#steps = steps;
    this.#cast = cast;
    this.#folder = folder;
    this.#catalog = catalog;
    this.#books = books;
  }

  async play(): Promise<void> {
    await this.#everybodyMakesAKey();
    await this.#theLibraryOpens();
    await using road = await Road.to(portOf(this.#address));
    await this.#eachGetsItsRoot(road);
    await this.#aBookIsCheckedOut();
    await this.#callsAreRefused();
    await this.#aStrangerIsTurnedAway();
    await this.#aChainTakesOneRoundTrip(road);
    await this.#aReaderIsCalledBack();
    await this.#aMemberComesWithANewDevice(road);
    await this.#herCardIsWithdrawn();
    await this.#theLibraryCrashesAndForgetsNothing();
    await this.#everybodyLeaves();
  }

  async #everybodyMakesAKey(): Promise<void> {
    await this.#steps.step("Everybody makes a key; the library lists three", async (say) => {
      const { librarian, member, visitor, stranger } = this.#cast;
      const makeKey = (name: string) => join(this.#folder, `${name}.key`);
      const [librarianId, memberId, visitorId, strangerId] = await Promise.all([
        librarian.ask("makeKey", makeKey("librarian")),
        member.ask("makeKey", makeKey("member")),
        visitor.ask("makeKey", makeKey("visitor")),
        stranger.ask("makeKey", makeKey("stranger")),
      ]);
      this.#absent = (await Identity.generate()).id;
      const roster = new Roster(
        new Map([
          [librarianId, "librarian"],
          [memberId, "member"],
          [this.#absent, "member"],
          [visitorId, "visitor"],
        ]),
      );
      await replaceFile(join(this.#folder, "roster.json"), roster.toJsonText());
      say("librarian", `${librarianId}, process ${librarian.pid}`);
      say("member", `${memberId}, process ${member.pid}`);
      say("visitor", `${visitorId}, process ${visitor.pid}`);
      say("stranger", `${strangerId}, process ${stranger.pid}: on no list`);
    });
  }

  async #theLibraryOpens(): Promise<void> {
    await this.#steps.step("The library opens", async (say) => {
      const { node: library } = this.#cast;
      this.#address = await library.ask("open", this.#folder, this.#catalog);
      say("library", `${this.#address}, process ${library.pid}`);
    });
  }

  async #eachGetsItsRoot(road: Road): Promise<void> {
    await this.#steps.step("Each peer gets the root that its key deserves", async (say) => {
      const { librarian, member, visitor } = this.#cast;
      const [book] = this.#books;

      /** Has a peer dial and use its root, and sees which one the library gave it. */
      const rootOf = async <T>(role: Role, dial: () => Promise<T>): Promise<T> => {
        const given = this.#diary("root given");
        const seen = await dial();
        const entry = await given;
        must(entry.role === role, `the ${role}'s key got the root of a ${entry.role}`);
        say("library", `gives ${entry.by} the root of a ${role}`);
        return seen;
      };

      const lent = await rootOf("librarian", async () => {
        await librarian.ask("dial", this.#address.replace(/:\d+(?=\?|$)/, `:${road.port}`));
        return await librarian.ask("onLoan");
      });
      say("librarian", `has a Librarian, and sees what is on loan: ${lent.length} books`);

      const loans = await rootOf("member", async () => {
        await member.ask("dial", this.#address);
        return await member.ask("loans");
      });
      say("member", `has a MemberDesk, and sees what she has at home: ${loans.length} books`);

      const found = await rootOf("visitor", async () => {
        await visitor.ask("dial", this.#address);
        return await visitor.ask("search", book.title);
      });
      must(found.includes(book.title), "the visitor's search found nothing");
      say("visitor", `has a VisitorDesk, and finds ${found.map(quoted).join(", ")}`);
      if (book.opening !== undefined) {
        const opening = await visitor.ask("readHere", book.isbn);
        must(opening === book.opening, "the visitor read something else");
        say("visitor", `reads: ${quoted(opening)}`);
      }
    });
  }

  async #aBookIsCheckedOut(): Promise<void> {
    await this.#steps.step("The member checks a book out, naming nobody", async (say) => {
      const { member } = this.#cast;
      const [book] = this.#books;
      const title = await member.ask("checkoutBook", book.isbn);
      const [loan] = await member.ask("loans");
      must(title === book.title && loan?.isbn === book.isbn, "the book is not among her loans");
      say("member", `has ${quoted(loan.title)} until ${loan.dueDate}`);
    });
  }

  async #callsAreRefused(): Promise<void> {
    await this.#steps.step("Calls are refused", async (say) => {
      const { librarian, visitor } = this.#cast;
      const [book] = this.#books;
      const cannot = await refusalOf(visitor.ask("checkoutBook", book.isbn));
      must(cannot.code === "UNIMPLEMENTED", `the visitor's refusal was ${cannot.code}`);
      say("visitor", `cannot check out, her root has no such method: ${cannot.message}`);

      await librarian.ask("openDesk", this.#absentMember());
      const lent = await refusalOf(librarian.ask("checkoutBook", book.isbn));
      must(lent.message.includes("ON_LOAN"), `the librarian's refusal was ${lent.message}`);
      say("librarian", `cannot lend it twice: ${lent.message}`);
    });
  }

  async #aStrangerIsTurnedAway(): Promise<void> {
    await this.#steps.step("A stranger is turned away", async (say) => {
      const { stranger } = this.#cast;
      const refused = await refusalOf(stranger.ask("dial", this.#address));
      must(refused.code === "NOT_ADMITTED", `the stranger's refusal was ${refused.code}`);
      say("stranger", `hears nothing but silence: ${refused.message}`);
    });
  }

  async #aChainTakesOneRoundTrip(road: Road): Promise<void> {
    await this.#steps.step("Three calls, each on the result of the one before", async (say) => {
      const { librarian } = this.#cast;
      const [, second, third] = this.#books;
      const roundTrip = <T>(ask: () => Promise<T>, last: DiaryEntry["did"]) =>
        this.#roundTrip(road, ask, last);

      const before = road.roundTrips;
      await roundTrip(() => librarian.ask("openDesk", this.#absentMember()), "desk opened");
      await roundTrip(() => librarian.ask("checkoutBook", third.isbn), "lent");
      await roundTrip(() => librarian.ask("renew"), "renewed");
      const oneByOne = road.roundTrips - before;
      await librarian.ask("giveBack");
      say("librarian", `waits for each answer: ${oneByOne} round trips`);

      const dueDate = await roundTrip(
        () => librarian.ask("chain", this.#absentMember(), second.isbn),
        "renewed",
      );
      const pipelined = road.roundTrips - before - oneByOne;
      must(pipelined === 1 && oneByOne === 3, `it took ${pipelined} against ${oneByOne}`);
      say("librarian", `waits for the last one only: ${pipelined} round trip, due ${dueDate}`);
      say("", "deskOf(…).desk.checkoutBook(…).loan.renew() was all done by the library");
      say("", "before a byte of an answer had come back.");
    });
  }

  async #aReaderIsCalledBack(): Promise<void> {
    await this.#steps.step("The library calls a waiting reader", async (say) => {
      const { librarian, member } = this.#cast;
      const [, book] = this.#books;
      const told = member.next((event): event is ToldBack => isObject(event) && "told" in event);
      await member.ask("waitFor", book.isbn);
      say("member", `waits for ${quoted(book.title)} with an object of her own`);
      await librarian.ask("giveBack");
      say("librarian", "gives it back for the absent member");
      must((await told).told === book.title, "the member was told of another book");
      say("member", `is called: ${quoted((await told).told)} is back`);
    });
  }

  async #theLibraryCrashesAndForgetsNothing(): Promise<void> {
    await this.#steps.step("The library crashes, and has forgotten no loan", async (say) => {
      const { member } = this.#cast;
      const before = await member.ask("loans");
      const lost = member.ask("lineLost");
      await this.#cast.crashLibrary();
      say("library", "is killed, and another process opens in its place");
      say("member", `has lost the line: ${await lost}`);
      await member.ask("dial", await this.#cast.node.ask("open", this.#folder, this.#catalog));
      const after = await member.ask("loans");
      must(before.length === 1, "there was no loan to forget");
      must(JSON.stringify(after) === JSON.stringify(before), "the loans are not what they were");
      for (const { title, dueDate } of after)
        say("member", `still has ${quoted(title)} until ${dueDate}`);
      await member.ask("giveBack");
      must((await member.ask("loans")).length === 0, "the book could not be given back");
      say("member", "gives it back by the reference that the new process handed out");
    });
  }

  async #everybodyLeaves(): Promise<void> {
    await this.#steps.step("Everybody says goodbye", async (say) => {
      const { node: library, librarian, member, visitor, stranger } = this.#cast;
      const lost = member.ask("lineLost");
      await Promise.all([librarian, visitor, stranger].map((it) => it.ask("leave")));
      await library.ask("close");
      must((await lost) === "goodbye", `the member's line ended with ${await lost}`);
      await member.ask("leave");
      say("member", "heard the library's goodbye");
    });
  }

  async #aMemberComesWithANewDevice(road: Road): Promise<void> {
    await this.#steps.step("The stranger is a member after all: she has a card", async (say) => {
      const { librarian, node: library, stranger } = this.#cast;
      const member = this.#absentMember();
      const card = await librarian.ask("issueCard", member);
      say("librarian", `issues a card for ${member}`);
      await stranger.ask("dial", this.#address.replace(/:\d+(?=\?|$)/, `:${road.port}`));
      say("stranger", "is let in, now that there are cards; the root is a CardDesk");

      const written = library.next(
        (event): event is Accessed =>
          isObject(event) && "accessed" in event && String(event.accessed).includes('"whoami"'),
      );
      const before = road.roundTrips;
      const ask = () => stranger.ask("recognise", card);
      const who = await this.#roundTrip(road, ask, "recognised");
      const roundTrips = road.roundTrips - before;
      must(roundTrips === 1, `it took ${roundTrips} round trips`);
      must(who.member === member, "the library took her for another");
      say("stranger", `is ${who.member} until ${who.until}`);
      say("", "authenticate(card).session.whoami(): 1 round trip");
      say("library", "has it in its access log:");
      say("", (await written).accessed);
    });
  }

  async #herCardIsWithdrawn(): Promise<void> {
    await this.#steps.step("The librarian withdraws the card while a call waits", async (say) => {
      const { librarian, stranger } = this.#cast;
      const [book] = this.#books;
      const awaited = this.#diary("awaited");
      const waiting = refusalOf(stranger.ask("untilBack", book.isbn));
      await awaited;
      say("stranger", `has a call at the library: untilBack(${quoted(book.title)})`);
      const ended = await librarian.ask("withdrawCards", this.#absentMember());
      must(ended === 1, `${ended} sessions ended`);
      const { code, message } = await waiting;
      must(code === "REVOKED", `the call ended with ${code}`);
      say("stranger", `loses the call and the session: ${code}, ${message}`);
      const again = await refusalOf(stranger.ask("untilBack", book.isbn));
      must(again.code === "REVOKED", `the next call ended with ${again.code}`);
      say("stranger", "and every later call; the line itself is still there");
    });
  }

  /** Holds the answers back until the library has done what was asked. */
  async #roundTrip<T>(road: Road, ask: () => Promise<T>, last: DiaryEntry["did"]): Promise<T> {
    const done = this.#diary(last);
    road.holdAnswers();
    const answer = ask();
    await Promise.race([done, answer]);
    road.letAnswersThrough();
    return await answer;
  }

  /** The next entry in the library's diary that says `did`. */
  #diary<D extends DiaryEntry["did"]>(did: D): Promise<DiaryEntry & { readonly did: D }> {
    return this.#cast.node.next(
      (event): event is DiaryEntry & { readonly did: D } =>
        isObject(event) && "did" in event && event.did === did,
    );
  }

  #absentMember(): PeerId {
    must(this.#absent !== undefined, "the absent member has no key yet");
    return this.#absent;
  }
}

/** The first three books of the catalogue, those with a reading copy before the others. */
async function threeBooks(path: string): Promise<readonly [Book, Book, Book]> {
  const books = [...(await readCatalog(path)).values()];
  const readable = books.filter(({ opening }) => opening !== undefined);
  const [first, second, third] = [...new Set([...readable, ...books])];
  if (first === undefined || second === undefined || third === undefined) {
    throw new LibraryError("CATALOG_INVALID", `${path}: the story needs three books`);
  }
  return [first, second, third];
}

function portOf(address: string): number {
  return Number(/:(\d+)(?=\?|$)/.exec(address)?.[1]);
}

function quoted(title: string): string {
  return JSON.stringify(title);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
