@0xeab0129cc9607604;

struct Job {
  id @0 :UInt64;
  state :union {
    waiting @1 :Void;
    running :group { host @2 :Text; since @3 :Int64; }
    done @4 :Result;
    failed @5 :Text;
  }
  priority :union { low @6 :Void; high @7 :UInt8 = 5; }
  struct Result { bytes @0 :Data; }
}
