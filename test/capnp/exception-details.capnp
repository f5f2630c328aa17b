@0xaa7d62b6d545618e;
# What version 2 of rpc.capnp says of an Abort, field for field.

struct Message {
  union {
    unimplemented @0 :AnyPointer;
    abort @1 :Exception;
  }
}

struct Exception {
  reason @0 :Text;
  obsoleteIsCallersFault @1 :Bool;
  obsoleteDurability @2 :UInt16;
  type @3 :Type;
  trace @4 :Text;
  details @5 :List(Detail);

  enum Type {
    failed @0;
    overloaded @1;
    disconnected @2;
    unimplemented @3;
  }

  struct Detail {
    detailId @0 :UInt64;
    data @1 :Data;
  }
}
