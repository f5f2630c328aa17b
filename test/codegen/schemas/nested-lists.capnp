@0xd13ac6b99ff948c4;

struct Grid {
  rows @0 :List(List(Int32));
  deep @1 :List(List(List(Text)));
  cells @2 :List(List(Cell));
  masks @3 :List(List(Bool));
  links @4 :List(List(Link));

  struct Cell { at @0 :List(UInt16); grid @1 :Grid; }
  interface Link { follow @0 () -> (link :Link); }
}
