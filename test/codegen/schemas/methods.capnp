@0x9f7e116133264536;

# Methods in every form.
interface Calculator {
  # Adds up.
  add @0 (left :Float64 = 1, right :Float64 = 2) -> (sum :Float64);
  # Takes and gives structs that have names.
  evaluate @1 Expression -> Value;
  define @2 (name :Text, value :Value) -> ();
  reset @3 () -> ();
  list @4 () -> (values :List(Value), info :Info = (text = "none"));
  struct Info { text @0 :Text; count @1 :UInt32 = 3; }
  mixed @5 Expression -> (ok :Bool);
  mixed2 @6 (ok :Bool = true) -> Value;
}
struct Expression { text @0 :Text; }
struct Value { number @0 :Float64; calculator @1 :Calculator; }
