@0x8b0f5b7810f9351e;

annotation unit(field) :Text;
annotation weight(struct, interface, enum) :UInt32;
annotation marker(*) :Void;
annotation shape(file) :Point;
$shape(x = 1);

struct Point $weight(3) $marker {
  x @0 :Int32 $unit("metres");
  annotation inner(field) :List(Text);
  y @1 :Int32 $inner(["a", "b"]);
}
interface Service $marker { go @0 () -> () $marker; }
enum Kind $weight(1) { one @0 $marker; }
