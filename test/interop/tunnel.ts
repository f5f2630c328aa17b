import { Identity, openTunnel, serveTunnel, type Suite } from "handfast";
import { type Passage } from "./pairing.ts";

/** The tunnels of a run take turns. */
export const SUITES: readonly Suite[] = ["aead64k", "box-stream", "compact"];

const NETWORK = "handfast.interop/tunnel";

/**
 * Both ends of a tunnel to a server on this machine. What passes is sealed for one key and opened by
 * another; neither program notices. Its end tells of each connection that was refused or cut.
 */
export async function layTunnel(serverPort: number, suite: Suite): Promise<Passage> {
  const [near, far] = await Promise.all([Identity.generate(), Identity.generate()]);
  const lost: string[] = [];
  const failed = ({ error }: { readonly error: unknown }) => lost.push(String(error));
  const serving = await serveTunnel({
    identity: far,
    network: NETWORK,
    listen: "tcp://127.0.0.1:0",
    to: `127.0.0.1:${serverPort}`,
    admit: ({ id }) => id === near.id,
    suites: [suite],
    failed,
  });
  const [to = ""] = serving.addresses;
  const open = await openTunnel({
    identity: near,
    network: NETWORK,
    listen: "127.0.0.1:0",
    to,
    failed,
  });
  const [address = ""] = open.addresses;
  return {
    port: Number(address.slice(address.lastIndexOf(":") + 1)),
    async close() {
      await open.close();
      await serving.close();
      const { joined, refused } = serving.stats;
      if (joined === 0) return "nobody came through";
      return refused > 0 ? `${refused} refused, such as ${lost[0] ?? ""}` : undefined;
    },
  };
}
