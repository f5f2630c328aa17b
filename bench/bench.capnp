@0xb0c2f6d1a7e84953;
# What every peer that speaks Cap'n Proto serves; the others do the same in their own words.

interface Bench {
  echo @0 (payload :Data) -> (payload :Data);

  fail @1 ();
  # Throws, on purpose.

  next @2 () -> (next :Bench);
  # A new object like this one, for chains.

  take @3 (payload :Data);

  give @4 (bytes :UInt32) -> (payload :Data);

  write @5 (chunk :Data) -> stream;

  written @6 () -> (bytes :UInt64);
  # What `write` has brought since the last time this was asked.

  pass @7 (other :Bench);
  # Takes a reference and forgets it.

  callBack @8 (other :Bench);
  # Has `other` echo nothing before it returns.

  many @9 (count :UInt32) -> (others :List(Bench));
  # New objects.
}
