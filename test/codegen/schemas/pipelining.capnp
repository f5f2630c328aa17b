@0x900b3bf20e99308e;

interface Leaf { get @0 () -> (text :Text); }
interface Root {
  open @0 () -> (
    leaf :Leaf,
    branch :Branch,
    any :AnyPointer,
    number :UInt32,
    leaves :List(Leaf));
  whole @1 () -> Branch;
}
struct Branch {
  leaf @0 :Leaf;
  group :group { leaf @1 :Leaf; deep :group { leaf @2 :Leaf; text @3 :Text; } }
  union { one @4 :Leaf; two @5 :Branch; three @6 :Void; }
  plain :group { text @7 :Text; }
  root @8 :Root;
}
