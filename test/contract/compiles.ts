/** Programs that must compile: the README's, and one of each promise of the public types. */
import { AuthContext, type CallContext, Identity, type Peer, type PeerId, Vat } from "handfast";
import { type Book, Library, Loan, Waiter } from "../codegen/golden/library.capnp.ts";

declare const members: ReadonlySet<PeerId>;
declare const lend: (isbn: string, to: PeerId, signal: AbortSignal) => Promise<bigint>;

class PaperLoan extends Loan.Server {
  readonly #due: bigint;
  constructor(due: bigint) {
    super();
    this.#due = due;
  }
  override renew() {
    return { dueDate: this.#due };
  }
}

class Desk extends Library.Server {
  readonly #peer: Peer;
  constructor(peer: Peer) {
    super();
    this.#peer = peer;
  }

  override async checkoutBook({ isbn }: Library.CheckoutBook.Params, call: CallContext) {
    return { loan: new PaperLoan(await lend(isbn, this.#peer.id, call.signal)) };
  }

  override search(_: Library.Search.Params, call: CallContext<Library.Search.Builder>) {
    call.results.books = [{ isbn: "9780000000002", title: "Emma" }];
    return call.results;
  }
}

export async function server(): Promise<void> {
  const vat = await Vat.open({
    identity: await Identity.loadOrCreate("server.key"),
    network: "library.example/v1",
    admit: (peer) => members.has(peer.id),
    bootstrap: (peer) => new Desk(peer),
  });
  const listener = await vat.listen("tcp://0.0.0.0:7000");
  listener.address satisfies string;
}

export async function client(signal: AbortSignal): Promise<bigint> {
  await using vat = await Vat.open({
    identity: await Identity.loadOrCreate("me.key"),
    network: new Uint8Array(32),
  });
  const desk = vat.connect("capnp://ed25519:…@host:7000").bootstrap(Library);
  const loan = desk.checkoutBook({ isbn: "9780000000002" }).loan;
  const { dueDate } = await loan.renew({}, { signal, timeoutMs: 2000 });
  const waiter = Waiter.serve({ returned: ({ isbn }) => (isbn === "" ? Promise.resolve({}) : {}) });
  await loan.whenReturned({ waiter });
  await loan.whenReturned({ waiter: Promise.resolve(waiter) });
  using results = await desk.search({ query: "emma" });
  results.books.map((book) => book.title satisfies string);
  return dueDate;
}

export const aReaderIsAnInit = (book: Book.Reader): Book.Init => book;

export const tail = (desk: Library.Client): Library.Server =>
  Library.serve({ search: ({ query }, call) => call.tailCall(desk, "search", { query }) });

export const whoever = (call: CallContext): string =>
  call.auth.requireAuthenticated().principal + (AuthContext.anonymous().domain ?? "nobody");
