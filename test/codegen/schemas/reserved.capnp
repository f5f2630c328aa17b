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

# Constants stand beside the members of the const that they are nested in.
struct Sizes {
  const size :UInt8 = 8;
  const fields :UInt8 = 9;
  const read :Text = "r";
  const toString :Text = "s";
  text @0 :Text;
}

interface Verbs {
  const methods :List(Text) = ["GET"];
  const serve :UInt8 = 1;
  of @0 () -> (serve :Text);
  id @1 (of :Text) -> ();
}

enum Word { default @0; constructor @1; toString @2; hasOwnProperty @3; then @4; null @5; of @6; }
struct Words { word @0 :Word = constructor; words @1 :List(Word) = [default, toString]; }
