@0x9ece6c90b10bb9be;

using Enums = import "enums.capnp";
using import "recursion.capnp".Tree;
using Persistent = import "/capnp/persistent.capnp".Persistent;

struct Album {
  planet @0 :Enums.Planet = venus;
  planets @1 :List(Enums.Planet);
  tree @2 :Tree = (value = 5);
  keeper @3 :Persistent(Text, Data);
}
interface Keeper extends(Persistent(Text, Data)) { keep @0 (tree :Tree) -> (); }
