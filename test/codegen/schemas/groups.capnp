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

struct Node {
  value @0 :Int32;
  links :group {
    next @1 :Node;
    label @2 :Text = "none";
    others @3 :List(Node);
    back :group { prior @4 :Node; }
  }
}
