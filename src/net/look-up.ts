import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { systemError } from "./error.ts";

/** Whether a host goes by a name, which has to be looked up. */
export function isNamed(host: string): boolean {
  return isIP(host) === 0;
}

/** The IP addresses that a name stands for. Rejects with `NetError` `HOST_NOT_FOUND`. */
export async function lookUp(host: string): Promise<readonly string[]> {
  try {
    const found = await lookup(host, { all: true });
    return found.map(({ address }) => address);
  } catch (error) {
    throw error instanceof Error ? systemError(error, host) : error;
  }
}
