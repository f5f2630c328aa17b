@0x8ecce3ce56c2bfef;

using Map = import "generic-struct.capnp".Map;

struct Everything {
  # A field of every type, for comparing our bytes with the reference implementation's.
  void @0 :Void;
  bool @1 :Bool;
  i8 @2 :Int8;
  i16 @3 :Int16;
  i32 @4 :Int32;
  i64 @5 :Int64;
  u8 @6 :UInt8;
  u16 @7 :UInt16;
  u32 @8 :UInt32;
  u64 @9 :UInt64;
  f32 @10 :Float32;
  f64 @11 :Float64;
  text @12 :Text;
  data @13 :Data;
  self @14 :Everything;
  colour @15 :Colour;
  bools @16 :List(Bool);
  i8s @17 :List(Int8);
  i64s @18 :List(Int64);
  u16s @19 :List(UInt16);
  f64s @20 :List(Float64);
  texts @21 :List(Text);
  datas @22 :List(Data);
  structs @23 :List(Everything);
  smalls @24 :List(Small);
  colours @25 :List(Colour);
  matrix @26 :List(List(Int32));
  voids @27 :List(Void);
  union {
    none @28 :Void;
    number @29 :Int16;
    words @30 :Text;
    child @31 :Small;
    pair :group { left @32 :UInt8; right @33 :Text; }
  }
  choice :union { yes @34 :Bool; no @35 :Void; many @36 :List(Small); }
  group :group { a @37 :UInt64; b @38 :Text; }
  defaulted :group {
    bool @39 :Bool = true;
    i16 @40 :Int16 = -77;
    u64 @41 :UInt64 = 0xfedcba9876543210;
    f32 @42 :Float32 = 1.5;
    f64 @43 :Float64 = -2.25;
    text @44 :Text = "default";
    data @45 :Data = "bytes";
    colour @46 :Colour = blue;
    small @47 :Small = (x = 5);
    list @48 :List(Int16) = [7, 8];
  }
  map @49 :Map(Text, Small);
  i16s @50 :List(Int16);
  i32s @51 :List(Int32);
  u8s @52 :List(UInt8);
  u32s @53 :List(UInt32);
  u64s @54 :List(UInt64);
  f32s @55 :List(Float32);

  struct Small { x @0 :UInt16; y @1 :Text; z @2 :Bool = true; }
  enum Colour { red @0; green @1; blue @2; }
}
