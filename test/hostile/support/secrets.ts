import { inspect } from "node:util";
import { KeyPair, type Suite } from "../../../src/shs/index.ts";
import {
  directionKey,
  keyOfM3,
  keyOfM4,
  openChallenge,
  sharedSecret,
} from "../../../src/shs/key-schedule.ts";
import { AEAD64K_DOMAIN, networkKey } from "../../../src/shs/network.ts";
import {
  curvePublicKey,
  curveSecret,
  ephemeralOf,
  hkdfExpand32,
  multiplyBy,
  signingPair,
} from "../../../src/shs/primitives.ts";
import { agree } from "../../../src/shs/session.ts";
import { NETWORK, type Shaken, shakeHands } from "../../shs/support/pair.ts";

/** Whatever nobody may see, by its name. */
export type Secrets = Readonly<Record<string, Uint8Array>>;

/** What both ends of a handshake begin with. */
export interface Beginnings {
  readonly suite: Suite;
  readonly clientSeed: Uint8Array;
  readonly serverSeed: Uint8Array;
  /** `a` and `b`. */
  readonly clientEphemeral: Uint8Array;
  readonly serverEphemeral: Uint8Array;
}

/** Both ephemeral pairs, in memory that may be wiped. */
export function ephemerals({ clientEphemeral, serverEphemeral }: Beginnings) {
  return {
    clientEphemeral: ephemeralOf(Uint8Array.from(clientEphemeral)),
    serverEphemeral: ephemeralOf(Uint8Array.from(serverEphemeral)),
  };
}

/** The same handshake once more, in memory: from the same beginnings it is the same to the bit. */
export function shakenOnceMore(begun: Beginnings): Shaken {
  return shakeHands({ ...begun, ...ephemerals(begun) });
}

/** Everything secret that comes of these beginnings. */
export function secretsOf(beginnings: Beginnings): Secrets {
  const { suite, clientSeed, serverSeed } = beginnings;
  const { clientEphemeral: a, serverEphemeral: b } = beginnings;
  const [m1, m2, m3] = shakenOnceMore(beginnings).messages;
  const K = networkKey(NETWORK, suite);
  const [ap, bp] = [openChallenge(K, m1)!, openChallenge(K, m2)!];
  const [A, B] = [clientSeed, serverSeed].map((seed) => curveSecret(signingPair(seed).secret));
  const { publicKey: Ap } = KeyPair.fromSeed(clientSeed);
  const { publicKey: Bp } = KeyPair.fromSeed(serverSeed);
  const ab = multiplyBy(a)(bp)!;
  const aB = multiplyBy(a)(curvePublicKey(Bp)!)!;
  const Ab = multiplyBy(A!)(bp)!;
  const keyM4 = keyOfM4(K, ab, aB, Ab);
  const Z = sharedSecret(keyM4);
  const { PRK } = agree({ suite, K, Z, Ap, Bp, ap, bp, messages: [m1, m2, m3] });
  const aead = (direction: string) =>
    hkdfExpand32(PRK, AEAD64K_DOMAIN, Buffer.from(direction), Ap, Bp);
  const keys =
    suite === "aead64k"
      ? { c2s: aead("c2s"), s2c: aead("s2c") }
      : { c2s: directionKey(Z, Bp), s2c: directionKey(Z, Ap) };
  return {
    ...{ clientSeed, serverSeed, A: A!, B: B!, a, b, ab, aB, Ab, Z, PRK, keyM4 },
    ...{ keyM3: keyOfM3(K, ab, aB), ...keys },
  };
}

/** All that printing something can bring to light. */
export function shownOf(things: readonly unknown[]): string {
  const everything = {
    depth: Infinity,
    showHidden: true,
    maxArrayLength: Infinity,
    maxStringLength: Infinity,
  };
  return things
    .flatMap((thing) => [
      inspect(thing, everything),
      String(thing),
      JSON.stringify(thing, acyclic()),
      thing instanceof Error ? thing.stack : "",
    ])
    .join("\n");
}

/** Leaves out what was written already, which JSON cannot say. */
function acyclic() {
  const seen = new Set<unknown>();
  return (_: string, value: unknown) => {
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return undefined;
    seen.add(value);
    return value;
  };
}

/** The names of the secrets whose beginning is in this text, however it is spelt. */
export function revealed(secrets: Secrets, shown: string): readonly string[] {
  const text = shown.replace(/\s+/g, "");
  return Object.keys(secrets).filter((name) => {
    const start = Buffer.from(secrets[name]!.subarray(0, 9)); // three bytes to four letters
    return [
      start.toString("hex"),
      start.toString("base64"),
      start.toString("base64url"),
      [...start].join(","),
      [...start].map((byte, index) => `"${index}":${byte}`).join(","),
    ].some((spelling) => text.includes(spelling));
  });
}
