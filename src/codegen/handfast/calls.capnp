@0xf1a3c5d2b7e60894;
# Annotations for how calls are made. Import them as `using Calls = import "/handfast/calls.capnp";`.

annotation credential @0xb8d2f4a6c1e30597 (method, param) :Void;
# The parameters, or this one of them, are credentials. Such a call, and every call made after it,
# waits until the peer has proven its key; it is never early data unless the caller asks for that.
