@0x814b76a5f45a5253;

interface Registry {
  put @0 [T] (name :Text, value :T) -> ();
  get @1 [T] (name :Text) -> (value :T);
  box @2 [T] (value :Box(T)) -> (box :Box(T));
  create @3 [T] () -> (factory :Factory(T));
}
struct Box(T) { value @0 :T; }
interface Factory(T) { make @0 () -> (made :T); convert @1 [U] (from :T) -> (to :U); }
