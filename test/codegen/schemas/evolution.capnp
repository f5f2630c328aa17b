@0xaa1e9e7906e47ddb;

# The same struct before and after its schema grew.
struct Old {
  id @0 :UInt32;
  union { a @1 :Text; b @2 :UInt16; }
}
struct New {
  id @0 :UInt32;
  union { a @1 :Text; b @2 :UInt16; c @3 :Text; }
  more @4 :UInt64 = 12;
  note @5 :Text = "none";
  list @6 :List(UInt8);
}
