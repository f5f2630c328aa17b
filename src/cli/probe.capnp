@0xe5a1c97b3d40f286;
# What `handfast serve-probe` serves, so that `handfast ping --throughput` has somebody to write to.

interface Probe @0xc86f25b90e17d4a3 {
  write @0 (bytes :Data);
  # Counts them and lets them go.

  received @1 () -> (bytes :UInt64);
  # How many this probe was written.
}
