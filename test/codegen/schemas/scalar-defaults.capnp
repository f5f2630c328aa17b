@0x81c2c4ad60fa589f;

struct Defaults {
  yes @0 :Bool = true;
  i8 @1 :Int8 = -8;
  i16 @2 :Int16 = -1600;
  i32 @3 :Int32 = -2147483648;
  i64 @4 :Int64 = -9223372036854775808;
  u8 @5 :UInt8 = 255;
  u16 @6 :UInt16 = 65535;
  u32 @7 :UInt32 = 4294967295;
  u64 @8 :UInt64 = 18446744073709551615;
  half @9 :Float32 = 0.5;
  third @10 :Float64 = 0.3333333333333333;
  nan32 @11 :Float32 = nan;
  nan64 @12 :Float64 = nan;
  infinite32 @13 :Float32 = inf;
  infinite64 @14 :Float64 = -inf;
  minusZero @15 :Float64 = -0.0;
  colour @16 :Colour = green;

  enum Colour { red @0; green @1; blue @2; }
}
