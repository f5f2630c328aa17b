import { type ListenAddress } from "./address.ts";
import { NetError } from "./error.ts";
import { dialPlain, listenPlain, type PlainListener, type PlainOptions } from "./plain.ts";
import { type PlainRoad } from "./plain-road.ts";
import { unmapped } from "./road-peer.ts";

/**
 * Dials plain TCP within this machine. Rejects with `NetError` `INSECURE`, and as {@link dialPlain}
 * does.
 */
export async function dialInsecure(options: PlainOptions): Promise<PlainRoad> {
  requireThisMachine(options.address);
  return await dialPlain(options);
}

/**
 * Listens on plain TCP for this machine: anybody on it can connect. Rejects with `NetError`
 * `INSECURE`, and as {@link listenPlain} does.
 */
export async function listenInsecure(
  options: PlainOptions,
  accepted: (road: PlainRoad) => void,
): Promise<PlainListener> {
  requireThisMachine(options.address);
  return await listenPlain(options, accepted);
}

/**
 * Throws `NetError` `INSECURE` unless plain bytes to this address stay within the machine.
 * `localhost` may be resolved to anything, so the addresses themselves are asked for.
 */
export function requireThisMachine({ host, path }: ListenAddress): void {
  if (path !== undefined || host === "::1") return;
  if (/^127\.\d+\.\d+\.\d+$/.test(unmapped(host))) return;
  const message = `plain TCP goes to 127.0.0.1 and ::1 only, not to ${host}`;
  throw new NetError("INSECURE", message);
}
