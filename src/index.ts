export {
  type AnonymousPeer,
  AuthContext,
  AuthError,
  type Blame,
  HandfastError,
  type Logger,
  parsePeerId,
  type Peer,
  type PeerId,
} from "./base/index.ts";
export { ShsError, type ShsErrorCode, type Suite } from "./shs/index.ts";
export {
  type CallContext,
  type ConnectionDump,
  type Executed,
  RpcError,
  type RpcErrorCode,
  tableOf,
} from "./rpc/index.ts";
export { NetError, type NetErrorCode } from "./net/index.ts";
export {
  type Call,
  type CallOptions,
  type Cap,
  CapnpError,
  type Client,
  dup,
  type InterfaceType,
  onBroken,
  type Revocable,
  revocable,
  type Servable,
  whenResolved,
} from "./capnp/index.ts";
export { StoreError, type StoreErrorCode } from "./stores/index.ts";
export {
  type Incident,
  openTunnel,
  type OpenTunnelOptions,
  serveTunnel,
  type ServeTunnelOptions,
  type TunnelEnd,
  TunnelError,
  type TunnelErrorCode,
  type TunnelStats,
} from "./tunnel/index.ts";
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
