@0xde69189bbefd4d0f;

# What an older program wrote, and what a newer one reads it as.
struct Before {
  numbers @0 :List(UInt32);
  texts @1 :List(Text);
  points @2 :List(Point1);
}

struct After {
  numbers @0 :List(Number);
  texts @1 :List(Word);
  points @2 :List(Point2);
}

struct Number { value @0 :UInt32; unit @1 :Text; }
struct Word { text @0 :Text; language @1 :Text = "en"; }
struct Point1 { x @0 :Int32; }
struct Point2 { x @0 :Int32; y @1 :Int32 = 9; name @2 :Text; }
