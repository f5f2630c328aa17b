import { Identity, Vat } from "handfast";
import { MemberDesk } from "./library.capnp.ts";
import { NETWORK } from "./node.ts";
import { heardOverTheDesk } from "./over-the-desk.ts";

export interface CheckoutOptions {
  readonly isbn: string;
  readonly key: string;
  readonly address: string;
  readonly print: (line: string) => void;
  /** Gives up. */
  readonly signal: AbortSignal;
}

/** A whole client: checks a book out, as the one whose key it is. */
export async function checkout(options: CheckoutOptions): Promise<void> {
  const { isbn, key, address, print, signal } = options;
  await using vat = await Vat.open({ identity: await Identity.load(key), network: NETWORK });
  const desk = vat.connect(address, { signal }).bootstrap(MemberDesk);
  const loan = desk.checkoutBook({ isbn }).loan; // on its way before anybody has answered
  try {
    using about = await loan.about();
    print(`You have ${JSON.stringify(about.book.title)} until ${about.dueDate}.`);
  } catch (error) {
    throw heardOverTheDesk(error);
  }
}
