@0xb1d2c3a4e5f60718;
# One of everything.

enum Color { red @0; green @1; blue @2; }

struct Point { x @0 :Int32; y @1 :Int32; }

struct Zoo {
  void @0 :Void;
  bool @1 :Bool;
  int8 @2 :Int8;
  int16 @3 :Int16;
  int32 @4 :Int32;
  int64 @5 :Int64;
  uint8 @6 :UInt8;
  uint16 @7 :UInt16;
  uint32 @8 :UInt32;
  uint64 @9 :UInt64;
  float32 @10 :Float32;
  float64 @11 :Float64;
  text @12 :Text;
  data @13 :Data;
  color @14 :Color;
  point @15 :Point;
  zoo @16 :Zoo;
  bools @17 :List(Bool);
  voids @18 :List(Void);
  int8s @19 :List(Int8);
  uint16s @20 :List(UInt16);
  int32s @21 :List(Int32);
  uint64s @22 :List(UInt64);
  float32s @23 :List(Float32);
  float64s @24 :List(Float64);
  texts @25 :List(Text);
  datas @26 :List(Data);
  colors @27 :List(Color);
  points @28 :List(Point);
  matrix @29 :List(List(Int32));
  zoos @30 :List(Zoo);
  boolDefault @31 :Bool = true;
  int8Default @32 :Int8 = -5;
  uint16Default @33 :UInt16 = 40000;
  int32Default @34 :Int32 = -123456;
  uint32Default @35 :UInt32 = 4000000000;
  int64Default @36 :Int64 = -5;
  float32Default @37 :Float32 = 1.5;
  float64Default @38 :Float64 = -inf;
  textDefault @39 :Text = "hello";
  dataDefault @40 :Data = 0x"01 02 03";
  colorDefault @41 :Color = blue;
  pointDefault @42 :Point = (x = 7, y = -7);
  listDefault @43 :List(Int32) = [1, 2, 3];
  union {
    nothing @44 :Void;
    number @45 :UInt32;
    name @46 :Text;
  }
  place :group {
    longitude @47 :Float64;
    label @48 :Text;
  }
  any @49 :AnyPointer;
}

# What Point was, and what it is going to be.
struct PointV0 { x @0 :Int32; }
struct PointV2 { x @0 :Int32; y @1 :Int32; z @2 :Int64; name @3 :Text; tags @4 :List(Text); }
struct Points { points @0 :List(Point); }
struct PointsV0 { points @0 :List(PointV0); }
struct PointsV2 { points @0 :List(PointV2); }
struct Numbers { points @0 :List(Int32); }
struct Names { names @0 :List(Text); }
struct Named { name @0 :Text; age @1 :UInt8; }
struct NamedList { names @0 :List(Named); }
