import { ShsError } from "./error.ts";
import { mac } from "./primitives.ts";
import { type Suite } from "./record.ts";

/** Bytes of a network identifier (`K`). */
export const NETWORK_BYTES = 32;

/** The name that binds aead64k to a network identifier and to its keys; versioned. */
export const AEAD64K_DOMAIN = Uint8Array.from(Buffer.from("handfast/shs1+aead64k/v1", "ascii"));

/**
 * The 32 bytes that a network's name stands for: 1–32 printable ASCII characters padded with zero
 * bytes, or the raw bytes themselves. Throws `ShsError` `NETWORK_INVALID`.
 */
export function networkIdentifier(network: string | Uint8Array): Uint8Array {
  if (typeof network !== "string") {
    if (network.length === NETWORK_BYTES) return Uint8Array.from(network);
    throw invalid(`a raw network identifier has ${NETWORK_BYTES} bytes, not ${network.length}`);
  }
  if (!/^[\x20-\x7e]{1,32}$/.test(network)) {
    throw invalid("a network's name has 1 to 32 printable ASCII characters");
  }
  const bytes = new Uint8Array(NETWORK_BYTES);
  bytes.set(Buffer.from(network, "ascii"));
  return bytes;
}

/**
 * The `K` that SHS1 runs under for this suite. aead64k has a `K` of its own, so completing the
 * handshake proves the suite; box-stream and compact share the identifier itself, as the programs
 * that use them do.
 */
export function networkKey(network: Uint8Array, suite: Suite): Uint8Array {
  switch (suite) {
    case "aead64k":
      return mac(network, AEAD64K_DOMAIN);
    case "box-stream":
    case "compact":
      return network;
    default:
      return suite satisfies never;
  }
}

function invalid(message: string): ShsError {
  return new ShsError("NETWORK_INVALID", message);
}
