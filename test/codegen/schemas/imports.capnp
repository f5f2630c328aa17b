@0x9ece6c90b10bb9be;

using Enums = import "enums.capnp";
using import "recursion.capnp".Tree;
using Shared = import "/shared/keeper.capnp".Keeper;

struct Album {
  planet @0 :Enums.Planet = venus;
  planets @1 :List(Enums.Planet);
  tree @2 :Tree = (value = 5);
  keeper @3 :Shared(Text, Data);
  receipt @4 :Shared(Text, Data).Receipt;
}
interface TreeKeeper extends(Shared(Text, Data)) { plant @0 (tree :Tree) -> (); }
