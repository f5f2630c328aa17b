@0xa75e154d926ab3d4;

struct Outer(T) {
  struct Inner { value @0 :T; self @1 :Inner; other @2 :Outer(Text).Inner; }
  struct Pair(U) { first @0 :T; second @1 :U; swapped @2 :Outer(U).Pair(T); }
  struct Same(T) { inner @0 :T; }
  inner @0 :Inner;
  pair @1 :Pair(Data);
  alone :group { value @2 :T; values @3 :List(Inner); }
  interface Getter { get @0 () -> (value :T, inner :Inner); }
  getter @4 :Getter;
  same @5 :Same(Text);
}
using TextOuter = Outer(Text);
struct Uses { inner @0 :TextOuter.Inner; pair @1 :TextOuter.Pair(List(Bool)); getter @2 :TextOuter.Getter; unbound @3 :Outer.Inner; }
