@0xe3d409c43af698b0;

struct Shape {
  # A shape somewhere.
  area @0 :Float64;  # in square metres
  union {
    circle @1 :Float64;   # its radius
    square @2 :Float64;
    polygon @3 :List(Point);
    picture @4 :Data;
    label @5 :Text;
    nested @6 :Shape;
    point @7 :Void;
    box :group { width @8 :Float64; height @9 :Float64; }
    solid @10 :Bool;
  }
  struct Point { x @0 :Float64; y @1 :Float64; }
}

struct Bare { union { one @0 :UInt8; two @1 :UInt8; } }
