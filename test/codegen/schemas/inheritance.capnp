@0xca20549f4869b715;

interface Closable { close @0 () -> (); }
interface Readable extends(Closable) { read @0 (count :UInt32) -> (bytes :Data); }
interface Writable extends(Closable) { write @0 (bytes :Data) -> (); }
interface Stream extends(Readable, Writable) { flush @0 () -> (); }
interface Socket extends(Stream, Closable) { address @0 () -> (address :Text); self @1 () -> (socket :Socket); }
