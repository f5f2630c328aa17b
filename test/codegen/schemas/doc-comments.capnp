@0xbfcd9979c419f8a2;

# About the file: not carried over.

struct Documented {
  # First line of a struct.
  #
  #     indented code
  #
  # It ends a comment: */ and has `ticks` and ${templates}.

  field @0 :Text;
  # Of a field.

  union {
    one @1 :Text;  # Of a union member.
    two @2 :Void;
  }

  group :group {
    # Of a group.
    inner @3 :Bool;  # Of a field in a group.
  }
}

enum Fruit {
  # Of an enum.
  apple @0;  # Of an enumerant.
}

interface Service {
  # Of an interface.
  call @0 (param :Text) -> (result :Text);
  # Of a method.
  # It has two lines.
}

const limit :UInt8 = 3;
# Of a constant.
