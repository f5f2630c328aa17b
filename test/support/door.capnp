@0xe2a9c4f10b7d3865;
# A door where one says who one is, for the tests of minted references.

using Calls = import "/handfast/calls.capnp";

interface Door {
  authenticate @0 (credential :Text) -> (session :Session) $Calls.credential;
}

interface Session {
  whoami @0 () -> (who :Who);
  room @1 (name :Text) -> (room :Session);
  # Another session, which is not minted.
  hold @2 ();
  # Returns only when it is cancelled.
  visit @3 (guest :Session) -> (who :Who);
  # Asks the guest who he thinks we are.
}

struct Who {
  principal @0 :Text;
  domain @1 :Text;
  peer @2 :Text;
  label @3 :Text;
  deadline @4 :Text;
}
