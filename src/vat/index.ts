export {
  type Admit,
  type BootstrapFactory,
  type Connection,
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type PeerLogLine,
  type VatOptions,
  type VatStatistics,
} from "./contract.ts";
export { VatError, type VatErrorCode } from "./error.ts";
export { Identity } from "./identity.ts";
export { type Backoff } from "./backoff.ts";
export {
  type Reconnecting,
  reconnecting,
  type ReconnectingCallOptions,
  type ReconnectingOptions,
  type ReconnectingState,
} from "./reconnecting.ts";
export { type VatLimitOptions } from "./limits.ts";
export { Vat } from "./open-vat.ts";
export { type LoadById, type Restorer } from "./restorer.ts";
