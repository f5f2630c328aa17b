@0xd02e5229d6216a6c;

struct Expression {
  union {
    literal @0 :Float64;
    negate @1 :Expression;
    binary :group {
      left @2 :Expression;
      right @3 :Expression;
      operator :union { plus @4 :Void; minus @5 :Void; other @6 :Text; }
    }
  }
}
