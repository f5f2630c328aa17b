
# Appended to interop.capnp for capnpc-go, which needs a package for what it generates.
using Go = import "/go.capnp";
$Go.package("interop");
$Go.import("interop-go/build/interop");
