@0xa3c2a358bd32c160;

struct A {
  struct B {
    struct C { a @0 :A; b @1 :B; c @2 :C; d @3 :D; }
    enum D { x @0; y @1; }
    c @0 :C;
    interface E { get @0 () -> (c :C); struct F { e @0 :E; } }
    e @1 :E;
    f @2 :E.F;
    const limit :UInt16 = 9;
  }
  b @0 :B;
  c @1 :B.C;
  d @2 :B.D;
}
