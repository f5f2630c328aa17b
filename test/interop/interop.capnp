@0x8e1fda73fb947d12;
# What this project and the other implementations of Cap'n Proto RPC show one another over one
# connection. Every peer serves `Interop` as its bootstrap object and checks it as a client; what
# each check claims is listed in README.md.

# Values ------------------------------------------------------------------------------------------

enum Colour {
  red @0;
  green @1;
  blue @2;
}

struct Point {
  x @0 :Int32;
  y @1 :Int32;
}

struct Sample {
  # One value of every kind. There is one sample, the same in every peer: the comments are its values.

  yes @0 :Bool;                        # true
  no @1 :Bool;                         # false
  int8 @2 :Int8;                       # -128
  int16 @3 :Int16;                     # -32,768
  int32 @4 :Int32;                     # -2,147,483,648
  int64 @5 :Int64;                     # -9,223,372,036,854,775,808
  uint8 @6 :UInt8;                     # 255
  uint16 @7 :UInt16;                   # 65,535
  uint32 @8 :UInt32;                   # 4,294,967,295
  uint64 @9 :UInt64;                   # 18,446,744,073,709,551,615
  float32 @10 :Float32;                # 1.5
  float64 @11 :Float64;                # -2.5e-300
  unset @12 :Int32 = 42;               # left alone, so it reads 42
  inverted @13 :UInt16 = 7;            # 9, stored as 9 xor 7
  colour @14 :Colour;                  # blue

  text @15 :Text;                      # "naïve 🦀"
  unsetText @16 :Text = "unset";       # left null, so it reads "unset"
  data @17 :Data;                      # 00 01 fe ff
  point @18 :Point;                    # (-1, 2)
  any @19 :AnyPointer;                 # the Point (5, 6)

  bools @20 :List(Bool);               # ten: true where the index is a multiple of three
  int16s @21 :List(Int16);             # -1, 0, 1
  float64s @22 :List(Float64);         # 0.5, -infinity, NaN
  colours @23 :List(Colour);           # blue, red
  texts @24 :List(Text);               # "", "one", "zwei"
  points @25 :List(Point);             # (1, 2), (3, 4)
  matrix @26 :List(List(UInt8));       # [1], [], [2, 3]

  range :group {
    low @27 :Int32;                    # -5
    high @28 :Int32;                   # 5
  }
  union {
    nothing @29 :Void;
    count @30 :UInt64;
    label @31 :Text;                   # this one: "seven"
  }
}

# Objects -----------------------------------------------------------------------------------------

interface Interop {
  checkSample @0 (sample :Sample) -> (difference :Text);
  # Names the fields that differ from the sample; empty when none does.
  giveSample @1 () -> (sample :Sample);

  number @2 (value :Int64) -> (number :Number);
  box @3 (value :Int64) -> (box :Box);
  sum @4 (numbers :List(Number)) -> (sum :Int64);
  # Asks each number for its value.

  callback @5 () -> (callback :Callback);
  # A callback the server hosts: it answers "server: <text>". The clients' answer "caller: …".
  ask @6 (callback :Callback, times :UInt32) -> (replies :List(Text));
  # Notifies "ask 0", "ask 1", … without waiting in between, and gathers the replies.
  isNull @7 (callback :Callback) -> (isNull :Bool);
  identity @8 (callback :Callback) -> (callback :Callback);
  forward @9 (callback :Callback, text :Text) -> Reply;
  # Notifies, by a tail call where the implementation has one.

  later @10 () -> (later :Later);
  holder @11 (callback :Callback) -> (holder :Holder);
  nursery @12 () -> (nursery :Nursery);
  hanger @13 () -> (hanger :Hanger);
  gate @14 () -> (gate :Gate);

  fail @15 (kind :Kind, reason :Text) -> (number :Number);
  # Always throws.

  echo @16 (data :Data) -> (data :Data);
  sink @17 () -> (sink :Sink);
}

interface Newer extends(Interop) {
  # What a newer server would offer. None here does.
  added @0 () -> ();
}

enum Kind {
  failed @0;
  overloaded @1;
  disconnected @2;
  unimplemented @3;
}

interface Number {
  value @0 () -> (value :Int64);
  plus @1 (amount :Int64) -> (number :Number);
}

struct Box {
  inner @0 :Inner;

  struct Inner {
    label @0 :Text;
    number @1 :Number;
  }
}

struct Reply {
  text @0 :Text;
}

interface Callback {
  notify @0 (text :Text) -> Reply;
}

interface Later {
  # A promise for a callback, settled by the caller.
  callback @0 () -> (callback :Callback);
  # Returns at once, with a capability that is still a promise.
  fulfil @1 (callback :Callback) -> ();
  reject @2 (reason :Text) -> ();
}

interface Holder {
  # Keeps a callback for as long as it is itself kept.
  notify @0 (text :Text) -> Reply;
}

interface Nursery {
  # Counts its living children.
  make @0 () -> (child :Child);
  live @1 () -> (count :UInt32);
  whenLive @2 (count :UInt32) -> ();
  # Returns once exactly `count` are alive.
}

interface Child {
  ping @0 () -> ();
}

interface Hanger {
  hang @0 (witness :Callback) -> ();
  # Never returns; holds `witness` meanwhile.
  whenCancelled @1 () -> ();
  # Returns once a hanging call has been cancelled.
}

interface Gate {
  meet @0 (total :UInt32) -> (place :UInt32);
  # Returns when `total` calls are here together: which of them this one was, from 0.
}

interface Sink {
  write @0 (chunk :Data) -> stream;
  done @1 () -> (bytes :UInt64);
}
