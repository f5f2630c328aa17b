import { curvePublicKey } from "./primitives.ts";

/** Servers whose converted key is remembered. Ours: more than a client dials in turn, 30 kB. */
export const REMEMBERED_KEYS = 256;

/** By the bytes of the key, as Latin-1; the one asked for longest ago comes first. */
const remembered = new Map<string, Uint8Array>();

/**
 * `X(Bp)` of a server that is dialled, `undefined` when nobody can hold its secret. Converting a key
 * costs more than a Diffie-Hellman, and it is the same few servers that a client dials. Public keys
 * only: nothing here needs wiping. The result is shared, and not to be changed.
 */
export function curveKeyOf(serverKey: Uint8Array): Uint8Array | undefined {
  const name = Buffer.from(serverKey).toString("latin1");
  const curveKey = remembered.get(name) ?? curvePublicKey(serverKey);
  if (curveKey === undefined) return undefined;
  remembered.delete(name);
  remembered.set(name, curveKey);
  if (remembered.size > REMEMBERED_KEYS) {
    for (const oldest of remembered.keys()) {
      remembered.delete(oldest);
      break;
    }
  }
  return curveKey;
}
