/** What to do about an error, by its code; beside the code, not inside the library's message. */
const HINTS: Readonly<Record<string, string>> = {
  KEY_FILE_MISSING: "`handfast keygen FILE` makes one",
  KEY_FILE_UNWRITABLE: "the folder must be there, and yours to write in",
  KEY_FILE_EXISTS: "`handfast id FILE` shows whose it is; name another file for another key",
  KEY_FILE_MODE: "if nobody has read it, `chmod 600 FILE`; if somebody may have, make another key",
  KEY_FILE_SYMLINK: "name the file that the link points to",
  KEY_FILE_NOT_REGULAR: "name a file",
  KEY_FILE_MALFORMED: "restore it from a copy, or make another key with `handfast keygen`",
  KEY_FILE_MISMATCH: "restore it from a copy, or make another key with `handfast keygen`",
  ADDRESS_INVALID:
    "a peer is capnp://ed25519:KEY@HOST:PORT, capnp+unix://ed25519:KEY@/PATH or net:HOST:PORT~shs:KEY, in quotes, as its `listener.address` says; where to listen, tcp://HOST:PORT or unix:/PATH",
  COMPILER_MISSING:
    "`apt-get install capnproto`, `brew install capnp`, or see https://capnproto.org/install.html",
  NAME_COLLISION: '`$Ts.name("…")` of "/handfast/typescript.capnp" gives either another name',
  NAME_INVALID: "choose another; names are letters, digits and `_`, and begin with a letter",
  STALE: "the same command without `--check` writes them",
  INSECURE: "write 127.0.0.1 or [::1]; `--insecure` allows a service on another machine",
  PORT_IN_USE:
    "is it running already? What is no socket of ours at the path of one stays there: remove it",
  NO_PROBE: "only `handfast serve-probe` does, at its own address; nothing was written",
  CONNECTION_REFUSED: "nothing listens there: is the node up, and the port or path right?",
  HOST_NOT_FOUND: "is it spelt right, and does this machine have DNS?",
  UNREACHABLE: "is the machine up, and is there a route to it?",
  CONNECT_TIMEOUT: "the machine is off, or a firewall drops what we send",
  HANDSHAKE_CUT:
    "compare `--network` with theirs, and `?suite=` in the address with what they listen for",
  HANDSHAKE_TIMEOUT: "something listens there that is no handfast, or is too busy to answer",
  WRONG_NETWORK: "what answers there is no peer of this network: see `--network`",
  SELF_CONNECT: "`--key` names the key of the node itself: take the key of a client",
  SOCKET_UNSAFE: "an admin socket is its owner's alone: ask as the user who runs the node",
  NOT_ADMITTED:
    "the network is right; its owner can tell which, and `handfast id FILE` prints the id to be admitted",
  NETWORK_INVALID:
    "`--network` takes a name of 1 to 32 characters, or 64 hexadecimal digits; `--suite` one of box-stream and compact",
};

export function hintFor(code: string): string | undefined {
  return HINTS[code];
}
