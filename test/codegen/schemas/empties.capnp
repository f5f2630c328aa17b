@0xb7388e4c995b8552;

struct Empty {}
interface Idle {}
enum None { only @0; }
struct Holds { empty @0 :Empty; empties @1 :List(Empty); idle @2 :Idle; }
interface Quiet { hush @0 Empty -> Empty; hold @1 (empty :Empty) -> (empty :Empty); }
