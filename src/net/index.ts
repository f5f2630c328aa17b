export {
  type ListenAddress,
  parseListenAddress,
  parsePeerAddress,
  type PeerAddress,
  printHostPort,
  printPeerAddress,
  printScuttlebuttAddress,
} from "./address.ts";
export { NetError, type NetErrorCode, type TextPosition } from "./error.ts";
