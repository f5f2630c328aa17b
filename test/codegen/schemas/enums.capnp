@0x9562c2605272df1f;

enum Planet {
  # In the order of their distance.
  mercury @0;
  venus @1;
  earth @2;   # where we are
}

struct Trip {
  from @0 :Planet = earth;
  to @1 :Planet;
  via @2 :List(Planet);
  kind :union { fast @3 :Planet; slow @4 :Void; }
}

enum Planet2 { mercury @0; venus @1; earth @2; mars @3; }
struct Trip2 { from @0 :Planet2 = earth; to @1 :Planet2; via @2 :List(Planet2); }
