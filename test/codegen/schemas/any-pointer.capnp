@0xe40f6d5d7e7ba193;

struct Anything {
  any @0 :AnyPointer;
  struct @1 :AnyStruct;
  list @2 :AnyList;
  cap @3 :Capability;
  caps @4 :List(Capability);
  union { void @5 :Void; other @6 :AnyPointer; }
}
interface Carrier { carry @0 (what :AnyPointer) -> (what :AnyPointer, cap :Capability); }
