export {
  type AnonymousPeer,
  AuthContext,
  AuthError,
  type Blame,
  HandfastError,
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
  type InterfaceType,
} from "./capnp/index.ts";
export {
  type Admit,
  type BootstrapFactory,
  type Connection,
  type ConnectOptions,
  type IdentityConstructor,
  type Listener,
  type ListenOptions,
  type Vat,
  type VatConstructor,
  type VatOptions,
} from "./vat/index.ts";
