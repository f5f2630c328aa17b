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
export { type CallContext, RpcError } from "./rpc/index.ts";
export {
  type Call,
  type CallOptions,
  type Cap,
  type Client,
  dup,
  type InterfaceType,
} from "./capnp/index.ts";
export {
  type Admit,
  type BootstrapFactory,
  type Connection,
  Identity,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  Vat,
  VatError,
  type VatOptions,
} from "./vat/index.ts";
