export { type AdmitPeer, type Attempt, type Refusal } from "./accept.ts";
export {
  type ListenAddress,
  parseInsecureAddress,
  parseListenAddress,
  parsePeerAddress,
  parsePlainAddress,
  type PeerAddress,
  printHostPort,
  printPeerAddress,
  printPlace,
  printScuttlebuttAddress,
} from "./address.ts";
export { endOfTurn, realClock } from "./clock.ts";
export { dial, type DialOptions } from "./connect.ts";
export {
  type RoadClosed,
  type RoadCounters,
  type RoadFailed,
  type RoadOpened,
  type RoadOrigin,
} from "./diagnostics.ts";
export { type Endpoints } from "./endpoints.ts";
export { NetError, type NetErrorCode, type TextPosition } from "./error.ts";
export { DEFAULT_LIMITS, type NetLimits } from "./limits.ts";
export { dialInsecure, listenInsecure, requireThisMachine } from "./insecure.ts";
export { listen, type ListenOptions, type RoadListener } from "./listen.ts";
export { dialPlain, listenPlain, type PlainListener, type PlainRoad } from "./plain.ts";
export { PEER_ID_TLV, proxyHeader } from "./proxy-header.ts";
export { memoryRoads, type MemoryRoadsOptions } from "./memory-roads.ts";
export { type Road, type RoadEvents, type SecureSocket } from "./secure-socket.ts";
export { dialTls, listenTls, type TlsListenOptions, type TlsOptions } from "./tls.ts";
