@0xeb8b4e442fa06c10;

using Right = import "cycle-right.capnp";

struct Left { right @0 :Right.Right; rights @1 :List(Right.Right); name @2 :Text; }
interface LeftService extends(Right.Base) { swap @0 (left :Left) -> (right :Right.Right); }
const rightmost :Right.Right = (left = (name = "within"));
const rights :List(Right.Right) = [(left = (name = "first")), ()];
