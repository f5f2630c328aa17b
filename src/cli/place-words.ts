import {
  parseHost,
  parseListenAddress,
  parsePeerAddress,
  parsePlainAddress,
  requireThisMachine,
} from "../net/index.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Words of a command line that name a place, each refused before anything is done: they throw
 * `NetError` `ADDRESS_INVALID` and return what they were given.
 */
export function peerWord(text: string): string {
  parsePeerAddress(text);
  return text;
}

/** Where peers are listened for, with a SecretHandshake. Throws `UsageError` for other roads. */
export function doorWord(text: string): string {
  if (!/^(tcp:\/\/|unix:)/.test(text)) {
    throw new UsageError(
      `--listen takes tcp://HOST:PORT or unix:/PATH, not ${text}`,
      "such as --listen tcp://0.0.0.0:7000; port 0 picks one",
    );
  }
  parseListenAddress(text);
  return text;
}

/** A host that others are to dial. */
export function hostWord(text: string): string {
  parseHost(text);
  return text;
}

/** Where a plain service is. */
export function serviceWord(text: string): string {
  parsePlainAddress(text, 1);
  return text;
}

/** Where to listen in the clear. Throws `NetError` `INSECURE` for what other machines reach. */
export function nearWord(text: string): string {
  requireThisMachine(parsePlainAddress(text, 0));
  return text;
}
