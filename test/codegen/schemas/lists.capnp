@0xc2c3700172d7694a;

struct Lists {
  nothings @0 :List(Void);
  flags @1 :List(Bool);
  i8s @2 :List(Int8);
  i16s @3 :List(Int16);
  i32s @4 :List(Int32);
  i64s @5 :List(Int64);
  u8s @6 :List(UInt8);
  u16s @7 :List(UInt16);
  u32s @8 :List(UInt32);
  u64s @9 :List(UInt64);
  f32s @10 :List(Float32);
  f64s @11 :List(Float64);
  texts @12 :List(Text);
  datas @13 :List(Data);
  colours @14 :List(Colour);
  points @15 :List(Point);
  small @16 :List(Small);
  echoes @17 :List(Echo);

  enum Colour { red @0; green @1; }
  struct Point { x @0 :Int64; label @1 :Text; }
  struct Small { only @0 :UInt8; }
  interface Echo { echo @0 (text :Text) -> (text :Text); }
}
