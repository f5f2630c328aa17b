@0xcb63718c00b93e2d;

struct Map(Key, Value) {
  entries @0 :List(Entry);
  struct Entry { key @0 :Key; value @1 :Value; }
}
struct Person { name @0 :Text; friends @1 :Map(Text, Person); notes @2 :Map(Text, List(Text)); any @3 :Map; }
struct Optional(T) { union { none @0 :Void; some @1 :T; } }
struct Chain(T) { head @0 :T; tail @1 :Chain(T); wrapped @2 :Optional(T); }
struct Uses {
  text @0 :Optional(Text);
  data @1 :Optional(Data);
  numbers @2 :Optional(List(UInt32));
  person @3 :Optional(Person);
  people @4 :List(Map(Text, Person));
  entry @5 :Map(Data, Person).Entry;
  nested @6 :Chain(Optional(Text));
}
