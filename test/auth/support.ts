import { AuthContext, AuthError, peerIdOfCertificate, toHex } from "../../src/base/index.ts";
import { type Authenticator, NotMine, type Presenter } from "../../src/auth/index.ts";
import { peerNamed } from "../support/simulated-host.ts";

/** Somebody with a key named so. */
export function withKey(name: string): Presenter {
  return { peer: peerNamed(name) };
}

export const FINGERPRINT = new Uint8Array(32).fill(0xab);

/** Somebody with a certificate that says this of itself. */
export function withCertificate(claims: Readonly<Record<string, string>> = {}): Presenter {
  const { address, signal } = peerNamed("mtls");
  const id = peerIdOfCertificate(FINGERPRINT);
  return { peer: { id, address, signal, transport: "mtls", claims } };
}

export const HEX = toHex(FINGERPRINT);

export const nobody: Presenter = {
  peer: { address: "memory", transport: "memory", signal: new AbortController().signal },
};

/** What came of it, in a word: the principal, the reason of the refusal, or another error's code. */
export async function outcome<C>(
  authenticate: Authenticator<C>,
  credential?: C,
  presenter: Presenter = withKey("ada"),
): Promise<string> {
  try {
    const auth = await authenticate(credential, presenter);
    return auth instanceof AuthContext ? `${String(auth.domain)}: ${auth.principal}` : "?";
  } catch (error) {
    if (error instanceof NotMine) return `not mine, ${error.reason}`;
    if (error instanceof AuthError) return error.reason;
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
}
