@0xaf929abfbdc026e0;

interface ByteSink {
  write @0 (bytes :Data) -> stream;
  end @1 () -> (count :UInt64);
}
interface Store { open @0 (name :Text) -> (sink :ByteSink); }
