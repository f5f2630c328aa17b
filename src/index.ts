export {
  type AnonymousPeer,
  AuthContext,
  type AuthContextInit,
  AuthError,
  type AuthErrorOptions,
  type Blame,
  type Claims,
  HandfastError,
  type Logger,
  parsePeerId,
  type Peer,
  type PeerId,
  type RefusalReason,
  Revoker,
  type Transport,
  type TransportMetadata,
} from "./base/index.ts";
export { ShsError, type ShsErrorCode, type Suite } from "./shs/index.ts";
export {
  type ConnectionDump,
  type Executed,
  RpcError,
  type RpcErrorCode,
  tableOf,
} from "./rpc/index.ts";
export { NetError, type NetErrorCode } from "./net/index.ts";
export {
  type Call,
  type CallContext,
  callContext,
  type CallOptions,
  type Cap,
  CapnpError,
  type Client,
  dup,
  type InterfaceType,
  type MintOptions,
  onBroken,
  type Revocable,
  revocable,
  type Servable,
  whenResolved,
} from "./capnp/index.ts";
export { StoreError, type StoreErrorCode } from "./stores/index.ts";
export {
  type Admit,
  type BootstrapFactory,
  type Connection,
  type ConnectOptions,
  Identity,
  type Listener,
  type ListenOptions,
  Vat,
  VatError,
  type VatErrorCode,
  type VatLimitOptions,
  type VatOptions,
} from "./vat/index.ts";
