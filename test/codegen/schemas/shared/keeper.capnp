@0xba70f921f5496611;

interface Keeper(Ref, Owner) {
  keep @0 (owner :Owner) -> (ref :Ref, keeper :Keeper(Ref, Owner));
  struct Receipt { ref @0 :Ref; number @1 :UInt32; }
  find @1 (number :UInt32) -> Receipt;
}
