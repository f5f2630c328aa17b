import { fileURLToPath } from "node:url";
import { type ChannelPeer } from "./channel-peer.ts";
import { type RpcPeer } from "./rpc-peer.ts";

/** Each is loaded only in its own processes: what it costs to import is part of what is measured. */
export const RPC_PEERS: Readonly<Record<string, () => Promise<RpcPeer>>> = {
  handfast: async () => (await import("./handfast-rpc.ts")).handfastRpc("aead64k"),
  "handfast/box-stream": async () => (await import("./handfast-rpc.ts")).handfastRpc("box-stream"),
  "handfast/compact": async () => (await import("./handfast-rpc.ts")).handfastRpc("compact"),
  "handfast/tcp": async () => (await import("./handfast-rpc.ts")).handfastRpc("tcp"),
  "capnweb-ws": async () => (await import("./capnweb-ws.ts")).capnwebWs,
  "capnp-ts-conn": async () => (await import("./capnp-ts-conn.ts")).capnpTsConn,
  "bare-probe": async () => (await import("./bare-probe.ts")).bareProbe,
  "grpc-js-mtls": async () => (await import("./grpc-js-mtls.ts")).grpcJsMtls,
};

/** handfast with a thing switched on that costs something; the suite `observe` runs them. */
const OBSERVED: Readonly<Record<string, () => Promise<RpcPeer>>> = {
  "handfast+context": async () => (await import("./observed-rpc.ts")).observedRpc.context(),
  "handfast+access-log": async () => (await import("./observed-rpc.ts")).observedRpc.accessLog(),
};

export const OBSERVED_PEERS: readonly string[] = Object.keys(OBSERVED);

/** By its name in the tables. */
export function rpcPeer(name: string): Promise<RpcPeer> {
  const load = RPC_PEERS[name] ?? OBSERVED[name];
  if (load === undefined) throw new Error(`no peer ${name}`);
  return load();
}

export const CHANNEL_PEERS: Readonly<Record<string, () => Promise<ChannelPeer>>> = {
  handfast: async () => (await import("./handfast-channel.ts")).handfastChannel("aead64k"),
  "handfast/box-stream": async () =>
    (await import("./handfast-channel.ts")).handfastChannel("box-stream"),
  "handfast/compact": async () =>
    (await import("./handfast-channel.ts")).handfastChannel("compact"),
  "handfast/box-stream-wasm": async () => {
    process.env["HANDFAST_ACCELERATOR"] = "none"; // read when libsodium is first made ready
    return (await import("./handfast-channel.ts")).handfastChannel("box-stream");
  },
  "raw-tcp": async () => (await import("./raw-tcp.ts")).rawTcp,
  "node-mtls": async () => (await import("./node-mtls.ts")).nodeMtls,
  "hyperswarm-secret-stream": async () =>
    (await import("./hyperswarm-secret-stream.ts")).hyperswarmSecretStream,
  "ssb-secret-handshake": async () =>
    (await import("./ssb-secret-handshake.ts")).ssbSecretHandshake,
  "libp2p-noise": async () => (await import("./libp2p-noise.ts")).libp2pNoise,
};

const native = (folder: string): string =>
  fileURLToPath(new URL(`native/${folder}/build/peer`, import.meta.url));

/** Programs of other languages, which speak calls and take the same orders. */
export const NATIVE_PEERS: Readonly<Record<string, string>> = {
  "capnp-cpp": native("cpp"),
  "capnp-go": native("go"),
};

export const ALL_RPC_PEERS: readonly string[] = [
  ...Object.keys(RPC_PEERS),
  ...Object.keys(NATIVE_PEERS),
];
export const ALL_CHANNEL_PEERS: readonly string[] = Object.keys(CHANNEL_PEERS);

/** Every name that `--peers` may say. */
export const PEERS: readonly string[] = [
  ...new Set([...ALL_RPC_PEERS, ...OBSERVED_PEERS, ...ALL_CHANNEL_PEERS, "capnp-ts"]),
];
