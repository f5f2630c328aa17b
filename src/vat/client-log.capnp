@0xcd0f0c2a5e6b7d19;
# Lines of a vat's log, for whoever sent the calls that they are about.

interface LogSource @0xe3a1d5b07c4f2986 {
  # Every object of a vat that gives such lines has this interface beside its own; to any other it
  # is an interface it does not have, and the call is `unimplemented`.

  subscribe @0 (sink :LogSink, minLevel :LogLevel) -> (subscription :LogSubscription);
  # From now on lines about calls on this connection go to `sink`, until the subscription is dropped
  # or the connection is gone. One sink a connection: the last one counts.
}

interface LogSubscription @0xf19c3b7a60d2e845 {
  # Nothing but a reference to hold.
}

interface LogSink @0x9a7e41c6d8305bf2 {
  write @0 (line :LogLine);
}

enum LogLevel {
  debug @0;
  info @1;
  warn @2;
  error @3;
}

struct LogLine {
  level @0 :LogLevel;
  message @1 :Text;

  extra @2 :Text;
  # A JSON object, or nothing.

  requestId @3 :Text;
  interface @4 :Text;
  method @5 :Text;

  dropped @6 :UInt32;
  # How many lines were lost before this one since the line before.
}
