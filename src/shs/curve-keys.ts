import { curvePublicKey } from "./primitives.ts";

/** Peers whose converted key is remembered. Ours: more than most have in turn, a third of a megabyte. */
export const REMEMBERED_KEYS = 1024;

/** By the bytes of the key, as Latin-1; the one asked for longest ago comes first. */
const remembered = new Map<string, Uint8Array>();

/**
 * `X(Bp)` of a server that is dialled, or `X(Ap)` of a client; `undefined` when nobody can hold its
 * secret. Converting a key costs more than a Diffie-Hellman, and it is the same peers that come
 * again. Public keys only: nothing here needs wiping, and whoever has many of their own can but make
 * it forget others. The result is shared, and not to be changed.
 */
export function curveKeyOf(publicKey: Uint8Array): Uint8Array | undefined {
  const name = Buffer.from(publicKey).toString("latin1");
  const curveKey = remembered.get(name) ?? curvePublicKey(publicKey);
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
