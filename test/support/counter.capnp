@0xd1f5b8c0a4b7e3f1;
# An object of each kind of behaviour, for the tests of vats, stubs and servers.

using Calls = import "/handfast/calls.capnp";

interface Counter {
  add @0 (amount :UInt32) -> (total :UInt32);
  child @1 (start :UInt32) -> (counter :Counter);
  same @2 (counter :Counter) -> (counter :Counter);
  hold @3 ();
  # Returns only when it is cancelled.
  fail @4 (how :Text);
  watch @5 (watcher :Watcher);
  # Tells the watcher of every later `add`.
  whoami @6 () -> (peer :Text, principal :Text, transport :Text, method :Text);
  through @7 (counter :Counter, amount :UInt32, how :Text) -> (total :UInt32);
  # Has another counter add, by returning its call or by a tail call.
  write @8 (chunk :Data) -> stream;
  unwritten @9 ();
  unlock @10 (secret :Text $Calls.credential) -> (total :UInt32);
}

interface Watcher {
  changed @0 (total :UInt32);
}
