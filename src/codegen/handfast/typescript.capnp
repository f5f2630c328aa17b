@0xe415a82422747fd2;
# Annotations for the TypeScript that `handfast gen` writes. Import them as
# `using Ts = import "/handfast/typescript.capnp";`.

annotation name @0xda5c350d7da2767c (struct, group, union, field, enum, enumerant, interface, method, const, param) :Text;
# Another name for what it is applied to, in TypeScript only. It settles a collision: where two
# names would meet, annotate either. Used as it is, so it must be an identifier of TypeScript.
