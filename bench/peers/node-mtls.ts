import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, createServer } from "node:tls";
import { channelOfStream } from "./streams.ts";
import { type TransportPeer } from "./transport-peer.ts";

/** Node's TLS 1.3 with a certificate on each side (Ed25519), both made for the run. */
export const nodeMtls: TransportPeer = {
  listen: (accepted) =>
    new Promise((resolve) => {
      const [ours, theirs] = [certificate(), certificate()];
      const server = createServer(
        {
          ...ours,
          ca: [theirs.cert],
          requestCert: true,
          rejectUnauthorized: true,
          minVersion: "TLSv1.3",
          noDelay: true,
        },
        (socket) => {
          accepted(channelOfStream(socket, socket));
        },
      );
      server.on("tlsClientError", () => {});
      server.listen(0, "127.0.0.1", () => {
        const { port } = server.address() as AddressInfo;
        resolve({ address: JSON.stringify({ port, ca: ours.cert, ...theirs }) });
      });
    }),
  dial: (address) =>
    new Promise((resolve, reject) => {
      const { port, ca, key, cert } = JSON.parse(address) as Record<
        "ca" | "key" | "cert",
        string
      > & {
        port: number;
      };
      const socket = connect({
        port,
        host: "127.0.0.1",
        ca,
        key,
        cert,
        minVersion: "TLSv1.3",
        checkServerIdentity: () => undefined, // pinned by its certificate
      });
      socket.setNoDelay(true);
      socket.once("error", reject);
      socket.once("secureConnect", () => {
        resolve(channelOfStream(socket, socket));
      });
    }),
};

function certificate(): { readonly key: string; readonly cert: string } {
  const folder = mkdtempSync(join(tmpdir(), "handfast-bench-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const args = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=bench", "-days", "2"];
  execFileSync("openssl", [...args, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const made = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  rmSync(folder, { recursive: true });
  return made;
}
