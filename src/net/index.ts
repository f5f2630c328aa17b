export {
  type ListenAddress,
  parseHost,
  parseInsecureAddress,
  parseListenAddress,
  parsePeerAddress,
  parseTlsAddress,
  parseTlsListenAddress,
  parsePlainAddress,
  type PeerAddress,
  printHostPort,
  printPeerAddress,
  printPlace,
  printScuttlebuttAddress,
  printTlsAddress,
  type TlsAddress,
} from "./address.ts";
export { type Certificate, idOfCertificate } from "./certificate.ts";
export { endOfTurn, realClock } from "./clock.ts";
export { dial, type DialOptions } from "./connect.ts";
export { dialTls, type TlsDialOptions } from "./connect-tls.ts";
export { type DoorOptions } from "./door.ts";
export {
  type RoadClosed,
  type RoadCounters,
  type RoadFailed,
  type RoadOpened,
  type RoadOrigin,
} from "./diagnostics.ts";
export { type Endpoints } from "./endpoints.ts";
export { NetError, type NetErrorCode, type TextPosition } from "./error.ts";
export { expectedPeer } from "./expected-peer.ts";
export { DEFAULT_LIMITS, type NetLimits } from "./limits.ts";
export { dialInsecure, listenInsecure, requireThisMachine } from "./insecure.ts";
export { listen, type ListenOptions, type RoadListener } from "./listen.ts";
export { isNamed, lookUp } from "./look-up.ts";
export { listenTls, type TlsListener, type TlsListenOptions } from "./listen-tls.ts";
export { memoryRoads, type MemoryRoadsOptions } from "./memory-roads.ts";
export { dialPlain, listenPlain, type PlainListener } from "./plain.ts";
export { type PlainRoad } from "./plain-road.ts";
export { PEER_ID_TLV, proxyHeader } from "./proxy-header.ts";
export { type Random, realRandom } from "./random.ts";
export { type Road, type RoadEvents, type SecureSocket } from "./secure-socket.ts";
export {
  dialInsecureUnix,
  listenInsecureUnix,
  parseInsecureUnixAddress,
  type UnixListener,
} from "./insecure-unix.ts";
export { type AdmitPeer, type Attempt, type Refusal } from "./visit.ts";
