@0xe356c9c0ae6f6f2c;

# Declarations called as what generated code, or the language, has under the same name.
struct Client { reader @0 :Reader; name @1 :Text; }
struct Reader { builder @0 :Builder; promise @1 :PromiseLike; }
struct Builder { object @0 :Object; bytes @1 :Uint8Array; data @2 :Data; }
struct Object { partial @0 :Omit; }
struct Uint8Array { bytes @0 :Data; }
struct PromiseLike { then @0 :Text; }
struct Omit { init @0 :Init; }
enum Init { one @0; two @1; }

struct Outer {
  struct Object { other @0 : .Object; own @1 :Object; }
  struct Inner {
    struct Outer { outer @0 : .Outer; inner @1 : .Outer.Inner; self @2 :Outer; }
    outer @0 :Outer;
  }
  object @0 :Object;
  inner @1 :Inner;
  init @2 : .Init;
}

interface Server {
  call @0 (client :Client, reader :Reader, init :Init) -> (server :Server, call :Call);
  params @1 (params :Call) -> (results :List(Client));
}
interface Call { results @0 Client -> Reader; }
