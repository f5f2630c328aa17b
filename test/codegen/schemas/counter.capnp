@0xb5f912c6fc39e54b;

interface Counter {
  increment @0 (by :UInt32 = 1) -> (value :UInt64);
  read @1 () -> (value :UInt64);
  child @2 () -> (counter :Counter);
  subscribe @3 (observer :Observer) -> (subscription :Subscription);
  interface Observer { changed @0 (value :UInt64) -> (); }
  interface Subscription {}
}
