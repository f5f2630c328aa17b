"""The types of interop.capnp, which pycapnp makes as it loads the file."""

from pathlib import Path

import capnp

# pycapnp brings /capnp/stream.capnp in its own folder, but does not look there by itself.
STANDARD = Path(capnp.__file__).parent.parent
SCHEMA = Path(__file__).resolve().parent.parent / "interop.capnp"

interop = capnp.load(str(SCHEMA), imports=[str(STANDARD)])
