@0x9029ca67c4e35d69;

struct PointerDefaults {
  text @0 :Text = "grüß \"Gott\" \n";
  data @1 :Data = 0x"00 ff 10";
  point @2 :Point = (x = 3, y = 4);
  numbers @3 :List(Int32) = [1, -2, 3];
  points @4 :List(Point) = [(x = 1), (x = 2, y = 5)];
  words @5 :List(Text) = ["one", "two"];
  flags @6 :List(Bool) = [true, false, true];
  matrix @7 :List(List(UInt8)) = [[1, 2], [], [3]];
  colours @8 :List(Colour) = [blue, red];

  struct Point { x @0 :Int32; y @1 :Int32 = 7; name @2 :Text = "here"; }
  enum Colour { red @0; green @1; blue @2; }
}

# A default of the type that it is in, which lacks it and so has it.
struct Endless {
  name @0 :Text;
  next @1 :Endless = (name = "next", next = (name = "last"));
  all @2 :List(Endless) = [(name = "one"), (name = "two")];
}
