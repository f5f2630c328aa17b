import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM, both. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** A new Ed25519 key, and a certificate that it signs for itself. */
export function selfSigned(): Certificate {
  const folder = mkdtempSync(join(tmpdir(), "handfast-bench-"));
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const args = ["req", "-x509", "-newkey", "ed25519", "-nodes", "-subj", "/CN=bench", "-days", "2"];
  execFileSync("openssl", [...args, "-keyout", key, "-out", cert], { stdio: "ignore" });
  const made = { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  rmSync(folder, { recursive: true });
  return made;
}

/** What a client must know: its own certificate, and the server's. */
export interface ClientCredentials extends Certificate {
  readonly ca: string;
}
