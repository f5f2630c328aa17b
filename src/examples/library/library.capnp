@0xc93372211adf00b7;

# A library that knows its readers by their keys.
#
# Nobody says who they are. The library hands each peer the one root that its key deserves: a
# Librarian, a MemberDesk or a VisitorDesk; and a CardDesk to a key it does not know, the only place
# where a credential is shown. What a root cannot do is not in its interface. Everything else is
# reached from there by reference: who holds a Loan may renew it and give it back.

using Calls = import "/handfast/calls.capnp";

struct Book {
  isbn @0 :Text;
  # Thirteen digits.

  title @1 :Text;
  author @2 :Text;

  year @3 :Int16;
  # Of first publication; negative before our era.

  onLoan @4 :Bool;
}

interface Catalogue {
  # What everybody may do.

  search @0 (query :Text) -> (books :List(Book));
  # The books whose title, author, year or ISBN hold every word of the query; at most 50.
}

interface VisitorDesk extends(Catalogue) {
  # The root of a visitor: looks, and borrows nothing.

  readHere @0 (isbn :Text) -> (opening :Text);
  # The first words of a book that the reading room has a copy of.
}

interface MemberDesk extends(Catalogue) {
  # The root of a member, made for that member: its methods need not be told whose they are.

  checkoutBook @0 (isbn :Text) -> (loan :Loan);

  loans @1 () -> (loans :List(LoanEntry));
  # What the member has at home, from this visit or an earlier one.

  tellMeWhenBack @2 (isbn :Text, waiter :Waiter) -> ();
  # Calls the waiter once: when the book is given back, or at once when it is on the shelf. A
  # member waits for a book once at a time. Waiting ends with the connection.
}

interface Librarian extends(Catalogue) {
  # The root of a librarian.

  onLoan @0 () -> (loans :List(LoanEntry));
  # Every loan of everybody.

  deskOf @1 (member :Text) -> (desk :MemberDesk);
  # The desk of a member who came without a computer, given that member's key: `ed25519:…`.

  issueCard @2 (member :Text, readOnly :Bool) -> (card :Text);
  # A card for another device of that member's. It is shown this once: the library keeps a hash.

  withdrawCards @3 (member :Text) -> (ended :UInt32);
  # Ends the member's cards, and at once what was begun with them: so many sessions.
}

interface CardDesk {
  # The root of a device that the library does not know.

  authenticate @0 (card :Text) -> (session :Session) $Calls.credential;
  # With a card of the library's, or a token of the town's. It may be called without waiting:
  # `authenticate(card).session.whoami()` is one round trip.

  authenticateReadOnly @1 (card :Text) -> (session :ReadingSession) $Calls.credential;
  # For a device that is not to borrow, such as the screen in the window; any card will do.
}

interface ReadingSession extends(VisitorDesk) {
  # A member at a new device, for as long as the session lasts.

  whoami @0 () -> (member :Text, until :Text);
  # The member's key, and when the session ends: 2026-11-21T17:00:00.000Z.

  untilBack @1 (isbn :Text) -> (book :Book);
  # Returns when the book is given back, or at once when it is on the shelf.
}

interface Session extends(ReadingSession) {
  # The same, for a device that may borrow.

  desk @0 () -> (desk :MemberDesk);
  # It ends with the session, and so does all that is reached through it.
}

interface Loan {
  # One book in one member's hands. Holding it is the permission to use it: a member may pass it to
  # a friend, who can then give the book back, and nothing else.

  about @0 () -> (book :Book, dueDate :Text);

  renew @1 () -> (dueDate :Text, renewalsLeft :UInt8);
  # Starts the loan's time again, from today.

  giveBack @2 () -> ();
  # Ends the loan, and with it every other reference to it.
}

struct LoanEntry {
  book @0 :Book;

  borrower @1 :Text;
  # The member's key.

  dueDate @2 :Text;
  # A day such as 2026-12-19, UTC.

  loan @3 :Loan;
}

interface Waiter {
  # An object of the reader's, which the library calls.

  bookIsBack @0 (book :Book) -> ();
}
