
# Appended to bench.capnp for capnpc-go, which needs a package for what it generates.
using Go = import "/go.capnp";
$Go.package("bench");
$Go.import("bench-go/build/bench");
