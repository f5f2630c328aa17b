export { type AdmitPeer, type Attempt, type Refusal } from "./accept.ts";
export {
  type ListenAddress,
  parseListenAddress,
  parsePeerAddress,
  type PeerAddress,
  printHostPort,
  printPeerAddress,
  printScuttlebuttAddress,
} from "./address.ts";
export { endOfTurn, realClock } from "./clock.ts";
export { dial, type DialOptions } from "./connect.ts";
export { NetError, type NetErrorCode, type TextPosition } from "./error.ts";
export { DEFAULT_LIMITS, type NetLimits } from "./limits.ts";
export { listen, type ListenOptions, type RoadListener } from "./listen.ts";
export { type RoadCounters, type RoadEvents, type SecureSocket } from "./secure-socket.ts";
