@0x894d042d178291a3;

struct Entry { name @0 :Text; }
interface Cursor(T) {
  next @0 () -> (value :T, more :Bool);
  map @1 (into :Sink(T)) -> (cursor :Cursor(T));
  peers @2 () -> (cursors :List(Cursor(T)));
}
interface Sink(T) { put @0 (value :T) -> (); }
interface Both(A, B) extends(Cursor(A), Sink(B)) { both @0 (a :A) -> (b :B); }
interface EntryCursor extends(Cursor(Entry)) {}
interface Store {
  entries @0 () -> (cursor :Cursor(Entry));
  texts @1 () -> (cursor :Cursor(Text));
  caps @2 () -> (cursor :Cursor(Store));
  both @3 () -> (both :Both(Text, Entry));
}
