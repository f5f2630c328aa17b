@0xb891631543c072ee;

struct Person {
  name @0 :Text;
  address :group {
    street @1 :Text;
    number @2 :UInt16 = 1;
    geo :group { lat @3 :Float64; long @4 :Float64; }
  }
  tags @5 :List(Text);
}
