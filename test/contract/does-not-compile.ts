/** Mistakes that the compiler must catch; each expectation fails the build when it stops doing so. */
import { type Peer, type PeerId, Vat, type VatOptions } from "handfast";
import { Library, Loan, Waiter } from "../codegen/golden/library.capnp.ts";

declare const desk: Library.Client;
declare const loan: Loan.Client;
declare const identity: VatOptions["identity"];

// @ts-expect-error: a peer id is proven or parsed, never spelt
export const forged: PeerId = "ed25519:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

// @ts-expect-error: a vat has an identity
export const nameless = Vat.open({ network: "library.example/v1" });

export const pushover = Vat.open({
  identity,
  network: "n",
  // @ts-expect-error: only `true` admits, and the one word for everybody is "anyone"
  admit: "everyone",
});

// @ts-expect-error: a root capability is a server or a reference, not just any object
export const rootless = Vat.open({ identity, network: "n", bootstrap: () => ({ hello: "world" }) });

// @ts-expect-error: an anonymous peer has no id to authorise on
export const anonymous: VatOptions["anonymousBootstrap"] = (_: Peer) => desk;

// @ts-expect-error: a misspelt parameter
void desk.checkoutBook({ isnb: "9780000000002" });

// @ts-expect-error: a parameter of the wrong type
void desk.checkoutBook({ isbn: 9780000000002 });

// @ts-expect-error: a method that is not there
void desk.checkout({ isbn: "9780000000002" });

// @ts-expect-error: a capability of another interface
export const confused: Library.Client = loan;

// @ts-expect-error: a misspelt option
void loan.renew({}, { timeout: 5 });

// @ts-expect-error: results that are data do not pipeline
export const early = loan.renew().dueDate;

// @ts-expect-error: a capability is not a promise
export const then = loan.then;

// @ts-expect-error: a misspelt method
export const misspelt = Library.serve({ checkoutBok: () => ({}) });

// @ts-expect-error: a forgotten return
export const forgetful = Library.serve({ search: () => {} });

// @ts-expect-error: a result of the wrong type
export const wrong = Loan.serve({ renew: () => ({ dueDate: 5 }) });

// @ts-expect-error: a callback of another interface
void loan.whenReturned({ waiter: Loan.serve({}) });

export class Impostor extends Waiter.Server {
  // @ts-expect-error: overrides nothing
  override retuned() {
    return {};
  }
}

// @ts-expect-error: the peer's id cannot be rewritten
export const rename = (peer: Peer, id: PeerId) => (peer.id = id);
