export { TunnelError, type TunnelErrorCode } from "./error.ts";
export { openTunnel, type OpenTunnelOptions } from "./open-tunnel.ts";
export { serveTunnel, type ServeTunnelOptions } from "./serve-tunnel.ts";
export { type TunnelStats } from "./traffic.ts";
export { type Incident, type TunnelEnd } from "./tunnel.ts";
