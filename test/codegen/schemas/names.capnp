@0xf5982551cadc1966;

using Ts = import "/handfast/typescript.capnp";

struct Ugly $Ts.name("Pretty") {
  old @0 :Text $Ts.name("fresh");
  same :group $Ts.name("other") { a @1 :UInt8; }
  enum Kind $Ts.name("Sort") { first @0 $Ts.name("initial"); second @1; }
  kind @2 :Kind;
  again @3 :Ugly;
}

interface Service $Ts.name("Facade") {
  then @0 () -> () $Ts.name("andThen");
  info @1 () -> (info :Info);
  struct Info { text @0 :Text; }
}

const count :UInt8 = 3 $Ts.name("howMany");
