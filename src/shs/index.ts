export {
  ClientHandshake,
  type ClientHandshakeOptions,
  type ClientStep,
} from "./client-handshake.ts";
export { ShsError, type ShsErrorCode } from "./error.ts";
export { KeyPair, SEED_BYTES } from "./identity.ts";
export { NETWORK_BYTES, networkIdentifier } from "./network.ts";
export {
  type Accelerator,
  accelerator,
  type Ephemeral,
  generateEphemeral,
  generateSeed,
  ready,
} from "./primitives.ts";
export {
  type CloseReason,
  type Ending,
  type Opener,
  type Received,
  type Room,
  type Sealer,
  type Suite,
} from "./record.ts";
export {
  isForeign,
  type Offer,
  offersOf,
  ServerHandshake,
  type ServerHandshakeOptions,
  type ServerStep,
  wrongNetwork,
} from "./server-handshake.ts";
export { reuse } from "./sealed-block.ts";
export { type Session } from "./session.ts";
export { type VerifiedPeer } from "./verified-peer.ts";
