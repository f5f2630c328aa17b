@0xf46e3aa3104c3fe1;

const answer :UInt32 = 42;
# The answer.
const big :Int64 = -9007199254740993;
const half :Float32 = 0.5;
const endless :Float64 = inf;
const yes :Bool = true;
const nothing :Void = void;
const greeting :Text = "hello, \"world\"";
const magic :Data = 0x"de ad be ef";
const primes :List(UInt16) = [2, 3, 5, 7];
const origin :Point = (x = 1, y = 2, name = "origin");
const path :List(Point) = [(x = 1), (x = 2)];
const favourite :Colour = blue;
const delete :Text = "a word of TypeScript";

struct Point {
  x @0 :Int32;
  y @1 :Int32;
  name @2 :Text;
  const unit :Point = (x = 1, y = 1);
  const id :Text = "a member of every type";
  const maximum :UInt8 = 200;
  far @3 :Point = .origin;
}
enum Colour { red @0; green @1; blue @2; }
