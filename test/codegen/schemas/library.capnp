@0xdc5dabf1504130da;

struct Book { isbn @0 :Text; title @1 :Text; }
interface Library {
  checkoutBook @0 (isbn :Text) -> (loan :Loan);
  search @1 (query :Text) -> (books :List(Book));
}
interface Loan {
  renew @0 () -> (dueDate :Int64);
  whenReturned @1 (waiter :Waiter) -> ();
}
interface Waiter { returned @0 (isbn :Text) -> (); }
