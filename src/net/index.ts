export {
  type ListenAddress,
  parseInsecureAddress,
  parseListenAddress,
  parsePeerAddress,
  type PeerAddress,
  printHostPort,
  printPeerAddress,
  printScuttlebuttAddress,
} from "./address.ts";
export { type Certificate } from "./certificate.ts";
export { endOfTurn, realClock } from "./clock.ts";
export { dial, type DialOptions } from "./connect.ts";
export { dialTls, type TlsDialOptions } from "./connect-tls.ts";
export { NetError, type NetErrorCode, type TextPosition } from "./error.ts";
export { DEFAULT_LIMITS, type NetLimits } from "./limits.ts";
export { dialInsecure, type InsecureListener, listenInsecure } from "./insecure.ts";
export { listen, type ListenOptions, type RoadListener } from "./listen.ts";
export { listenTls, type TlsListener, type TlsListenOptions } from "./listen-tls.ts";
export { memoryRoads, type MemoryRoadsOptions } from "./memory-roads.ts";
export {
  type RoadCounters,
  type Road,
  type RoadEvents,
  type SecureSocket,
} from "./secure-socket.ts";
export { dialUnix, listenUnix, parseUnixAddress, type UnixListener } from "./unix.ts";
export { type AdmitPeer, type Attempt, type Refusal } from "./visit.ts";
