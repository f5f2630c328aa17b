import {
  dial,
  dialInsecureUnix,
  dialPlain,
  isNamed,
  type ListenAddress,
  lookUp,
  NetError,
  type NetErrorCode,
  parseInsecureAddress,
  parseInsecureUnixAddress,
  parsePeerAddress,
  parseTlsAddress,
  type PeerAddress,
  printPlace,
  requireThisMachine,
} from "../../net/index.ts";
import { type KeyPair } from "../../shs/index.ts";
import { milliseconds } from "../figures.ts";
import { QuietRoad } from "../quiet-road.ts";
import { failure, type Finding, ok, warn } from "./finding.ts";

/** What an address leads to. */
export type Destination =
  | { readonly is: "peer"; readonly address: PeerAddress }
  /** Where there is no SecretHandshake to try. */
  | { readonly is: "place"; readonly place: ListenAddress; readonly why: string }
  | { readonly is: "own socket"; readonly path: string };

/** Reads any address that a vat can dial. Throws `NetError` `ADDRESS_INVALID`, `INSECURE`. */
export function destinationOf(text: string): Destination {
  const path = parseInsecureUnixAddress(text);
  if (path !== undefined) return { is: "own socket", path };
  const plain = parseInsecureAddress(text, 1);
  if (plain !== undefined) {
    requireThisMachine(plain);
    return { is: "place", place: plain, why: "this road proves nothing" };
  }
  const tls = parseTlsAddress(text);
  if (tls !== undefined) return { is: "place", place: tls, why: "it is TLS, with a certificate" };
  return { is: "peer", address: parsePeerAddress(text) };
}

/** What we would show a peer; what is missing is why the handshake is not tried. */
export interface Credentials {
  readonly keyPair: KeyPair | undefined;
  readonly network: Uint8Array | undefined;
}

/** How far the way to an address is open, stage by stage, up to the first that is not. */
export async function* roadFindings(
  destination: Destination,
  credentials: Credentials,
  timeoutMs: number,
): AsyncGenerator<Finding> {
  const limits = { connectMs: timeoutMs, handshakeMs: timeoutMs };
  switch (destination.is) {
    case "own socket":
      yield await attempt("socket", async () => {
        (await dialInsecureUnix(destination.path, { limits })).destroy();
        return ok("socket", `${destination.path} answers, and is ours alone`);
      });
      return;
    case "place":
      yield* namedHost(destination.place);
      yield await connectOnly(destination.place, timeoutMs, destination.why);
      return;
    case "peer":
      yield* namedHost(destination.address);
      yield* handshake(destination.address, credentials, timeoutMs);
      return;
    default:
      destination satisfies never;
  }
}

/** Who the host's name stands for. A failure here is told again, and better, by what follows. */
async function* namedHost({ host, path }: ListenAddress): AsyncGenerator<Finding> {
  if (path !== undefined || !isNamed(host)) return;
  yield await attempt("name", async () => {
    const found = await lookUp(host);
    return ok("name", `${host} is ${found.join(", ")}`);
  });
}

async function* handshake(
  address: PeerAddress,
  { keyPair, network }: Credentials,
  timeoutMs: number,
): AsyncGenerator<Finding> {
  if (keyPair === undefined || network === undefined) {
    const why = keyPair === undefined ? "there is no key" : "nothing says which network";
    const advice = keyPair === undefined ? "`--key FILE` names one" : "add `--network NAME`";
    yield await connectOnly(address, timeoutMs, why, advice);
    return;
  }
  const limits = { connectMs: timeoutMs, handshakeMs: timeoutMs };
  const [wire, place] = [wireOf(address), printPlace(address)];
  try {
    const socket = await dial({ address, keyPair, network, limits });
    const { connectMs = 0, handshakeMs = 0 } = socket.origin ?? {};
    yield ok(wire, `${place} answers in ${milliseconds(connectMs)}`);
    const { id } = socket.peer;
    const how = `${milliseconds(handshakeMs)} (${socket.suite ?? ""})`;
    yield ok("handshake", `${id} has proven its key, and admits ours, in ${how}`);
    await new QuietRoad(socket).leave();
  } catch (error) {
    const code = error instanceof NetError ? error.code : undefined;
    if (code === "SELF_CONNECT") {
      yield failure("address", error);
    } else if (code !== undefined && BEFORE_THE_HANDSHAKE.has(code)) {
      yield failure(wire, error);
    } else {
      yield ok(wire, `${place} answers`);
      yield failure("handshake", error);
    }
  }
}

/** What a dial fails with when there is nobody to shake hands with. */
const BEFORE_THE_HANDSHAKE: ReadonlySet<NetErrorCode> = new Set<NetErrorCode>([
  "HOST_NOT_FOUND",
  "CONNECTION_REFUSED",
  "UNREACHABLE",
  "CONNECT_TIMEOUT",
  "PORT_FORBIDDEN",
  "ADDRESS_UNAVAILABLE",
  "SOCKET_FAILED",
]);

async function connectOnly(
  place: ListenAddress,
  connectMs: number,
  why: string,
  advice?: string,
): Promise<Finding> {
  const wire = wireOf(place);
  return await attempt(wire, async () => {
    (await dialPlain({ address: place, limits: { connectMs } })).destroy();
    const text = `${printPlace(place)} answers; no handshake was tried: ${why}`;
    return advice === undefined ? ok(wire, text) : warn(wire, text, advice);
  });
}

async function attempt(about: string, look: () => Promise<Finding>): Promise<Finding> {
  try {
    return await look();
  } catch (error) {
    return failure(about, error);
  }
}

function wireOf({ path }: ListenAddress): string {
  return path === undefined ? "tcp" : "socket";
}
