@0xc63fa53d5f2a1f2a;

interface Node {
  get @0 () -> (value :Text);
  link @1 (to :Node) -> (previous :Node);
}
struct Holder {
  node @0 :Node;
  nodes @1 :List(Node);
  inner @2 :Inner;
  group :group { node @3 :Node; }
  union { left @4 :Node; right @5 :Node; }
  struct Inner { node @0 :Node; }
}
interface Root { hold @0 Holder -> Holder; both @1 (a :Node, b :List(Node)) -> (holder :Holder); }
