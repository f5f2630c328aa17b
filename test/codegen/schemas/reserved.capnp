@0xe76bb770186a783c;

# Every name here means something to JavaScript or to generated code.
struct Reserved {
  constructor @0 :Text;
  toString @1 :Text;
  valueOf @2 :UInt8;
  then @3 :Text;
  which @4 :Text;
  toJSON @5 :Text;
  toObject @6 :Text;
  hasOwnProperty @7 :Bool;
  class @8 :Text;
  default @9 :UInt8 = 3;
  arguments @10 :List(Text);

  struct Reader { init @0 :Init; }
  struct Init { builder @0 :Text; }
  struct Pipeline { reader @0 :Reader; }
  reader @11 :Reader;
  pipeline @12 :Pipeline;
  union { length @13 :Text; prototype @14 :Text; }
}

interface Odd {
  then @0 () -> (then :Text);
  constructor @1 (constructor :Text) -> (constructor :Text);
  toString @2 () -> (text :Text);
  dup @3 () -> (close :Odd);
  close @4 () -> ();
  delete @5 (delete :Bool) -> ();
  struct Client { server @0 :Odd; }
  info @6 () -> (info :Info);
  struct Info { text @0 :Text; }
  client @7 () -> (client :Client);
}

const class :UInt8 = 1;
