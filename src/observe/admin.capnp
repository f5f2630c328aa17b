@0xb6a9d2f4108c7e53;
# Who holds what in a running vat. Served where only its owner can get in: a Unix socket.

interface Admin @0xd84b1e60f5a39c27 {
  snapshot @0 (leakAfterMs :UInt64 = 600000) -> (snapshot :VatSnapshot);

  watch @1 (watcher :Watcher, intervalMs :UInt32 = 1000, leakAfterMs :UInt64 = 600000)
      -> (subscription :Subscription);
  # A snapshot now and after every interval, until the subscription is dropped. The next one waits until
  # the last one has been taken, so a slow watcher gets fewer.
}

interface Watcher @0xa25f70c9e4b81d36 {
  changed @0 (snapshot :VatSnapshot);
}

interface Subscription @0x8e0d4c7b13f6a592 {
  # Nothing but a reference to hold.
}

struct VatSnapshot {
  vat @0 :Text;
  # Its id.

  takenAtMs @1 :UInt64;
  # Since 1970, UTC.

  traffic @2 :Traffic;
  # Of all connections there have been.

  connections @3 :List(Connection);
}

struct Traffic {
  messagesIn @0 :UInt64;
  messagesOut @1 :UInt64;
  bytesIn @2 :UInt64;
  bytesOut @3 :UInt64;
  capabilitiesIn @4 :UInt64;
  capabilitiesOut @5 :UInt64;
}

struct Connection {
  peer @0 :Text;
  address @1 :Text;
  transport @2 :Text;
  ageMs @3 :UInt64;
  traffic @4 :Traffic;
  questions @5 :List(Question);
  answers @6 :List(Answer);
  exports @7 :List(Export);
  imports @8 :List(Import);
  embargoes @9 :UInt32;

  asking @10 :Bool;
  # Whether it is the one that the snapshot was asked for on.
}

struct Question {
  # A call of this vat's that is under way.
  id @0 :UInt32;
  state @1 :Text;
  method @2 :Text;
  ageMs @3 :UInt64;
  references @4 :UInt32;
}

struct Answer {
  # A call of the peer's that is under way.
  id @0 :UInt32;
  state @1 :Text;
  method @2 :Text;
  ageMs @3 :UInt64;
}

struct Export {
  # A capability that the peer holds.
  id @0 :UInt32;
  state @1 :Text;
  label @2 :Text;
  references @3 :UInt32;
  ageMs @4 :UInt64;
  calls @5 :UInt64;

  lastMethod @6 :Text;
  # Empty when it was never called.

  lastCallAgoMs @7 :UInt64;

  leak @8 :Bool;
  # Old and never called.
}

struct Import {
  # A capability of the peer's that is held here.
  id @0 :UInt32;
  state @1 :Text;
  references @2 :UInt32;
  received @3 :UInt32;
  ageMs @4 :UInt64;
  leak @5 :Bool;

  streamWords @6 :UInt32;
  # Parameters of streaming calls to it that have not returned, in 8-byte words.
}
