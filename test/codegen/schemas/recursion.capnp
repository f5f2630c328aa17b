@0xe843938c0e9e7055;

struct Tree { value @0 :Int32; left @1 :Tree; right @2 :Tree; children @3 :List(Tree); forest @4 :Forest; }
struct Forest { trees @0 :List(Tree); first @1 :Tree; }
