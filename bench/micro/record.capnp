@0xc7a1d90e5b3f2684;
# What a program sends: ten fields of the kinds that most structs are made of.

struct Record {
  id @0 :UInt64;
  count @1 :UInt32;
  ratio @2 :Float64;
  open @3 :Bool;
  kind @4 :UInt16;
  isbn @5 :Text;
  title @6 :Text;
  key @7 :Data;
  place @8 :Place;
  parent @9 :UInt32;

  struct Place { x @0 :Int32; y @1 :Int32; }
}
