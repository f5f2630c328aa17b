@0xcd102b18481df1b7;

using Left = import "cycle-left.capnp";

struct Right { left @0 :Left.Left; service @1 :Left.LeftService; }
interface Base { base @0 () -> (service :Left.LeftService); }
const leftmost :Left.Left = (name = "left");
