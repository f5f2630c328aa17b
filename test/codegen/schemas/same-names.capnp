@0xbf8932abdda43979;

interface A { run @0 (a :Text) -> (a :Text); only @1 () -> (); }
interface B { run @0 (b :UInt32) -> (b :UInt32); }
interface Child extends(A) { run @0 (child :Bool) -> (child :Bool); }
interface Both extends(A, B) { other @0 () -> (); }
interface Grandchild extends(Child, B) { run @0 (grand :Data) -> (); }
