import { fromHex } from "../base/index.ts";
import { networkIdentifier } from "../shs/index.ts";
import { UsageError } from "./usage-error.ts";

/** Scuttlebutt's main net, which its addresses mean unless told otherwise. */
const SCUTTLEBUTT = "d4a1cb88a66f02f8db635ce26441cc5dac1b08420ceaac230839b755845a9ffb";

/**
 * The 32 bytes that `--network` names: 64 hexadecimal digits, or a name. Throws `UsageError` when
 * nothing says which network, `ShsError` `NETWORK_INVALID`.
 */
export function networkOf(option: string | undefined, address = ""): Uint8Array {
  const network = option ?? (address.startsWith("net:") ? SCUTTLEBUTT : undefined);
  if (network === undefined) {
    throw new UsageError(
      "nothing says which network is meant",
      "add `--network NAME`, such as --network library.example/v1",
    );
  }
  const raw = network.length === SCUTTLEBUTT.length ? fromHex(network) : undefined;
  return networkIdentifier(raw ?? network);
}
