/** The strangers' packages; only what the bench uses, so that types need no installation. */
declare module "@libp2p/crypto/keys" {
  export interface PrivateKey {
    readonly type: string;
  }
  export function generateKeyPair(type: "Ed25519"): Promise<PrivateKey>;
}

declare module "@libp2p/peer-id" {
  import { type PrivateKey } from "@libp2p/crypto/keys";

  export interface PeerId {
    readonly type: string;
  }
  export function peerIdFromPrivateKey(privateKey: PrivateKey): PeerId;
}

declare module "@libp2p/logger" {
  export interface Logger {
    enabled: boolean;
  }
  export function defaultLogger(): { forComponent(name: string): Logger };
}

declare module "@libp2p/utils" {
  import { type Logger } from "@libp2p/logger";

  /** Bytes in parts. */
  export type Parts = Iterable<Uint8Array> & { readonly byteLength: number };
  export interface SendResult {
    readonly sentBytes: number;
    readonly canSendMore: boolean;
  }
  export abstract class AbstractMessageStream extends EventTarget {
    constructor(init: { readonly log: Logger; readonly direction: "inbound" | "outbound" });
    send(data: Uint8Array): boolean;
    onData(data: Uint8Array): void;
    onTransportClosed(error?: Error): void;
    safeDispatchEvent(type: string): void;
    abstract sendData(data: Parts): SendResult;
    abstract sendReset(error: Error): void;
    abstract sendPause(): void;
    abstract sendResume(): void;
    abstract close(): Promise<void>;
  }
}

declare module "@libp2p/noise" {
  import { type PrivateKey } from "@libp2p/crypto/keys";
  import { type defaultLogger } from "@libp2p/logger";
  import { type PeerId } from "@libp2p/peer-id";
  import { type AbstractMessageStream, type Parts } from "@libp2p/utils";

  export interface MessageEvent extends Event {
    readonly data: Uint8Array | Parts;
  }
  export interface SecuredStream {
    send(data: Uint8Array): boolean;
    addEventListener(type: "message", take: (event: MessageEvent) => void): void;
    addEventListener(type: "drain", go: () => void, options: { readonly once: true }): void;
  }
  export interface Encrypter {
    secureInbound(stream: AbstractMessageStream, options: SecureOptions): Promise<Secured>;
    secureOutbound(stream: AbstractMessageStream, options: SecureOptions): Promise<Secured>;
  }
  export interface SecureOptions {
    readonly skipStreamMuxerNegotiation: boolean;
  }
  export interface Secured {
    readonly connection: SecuredStream;
  }
  export interface Components {
    readonly privateKey: PrivateKey;
    readonly peerId: PeerId;
    readonly logger: ReturnType<typeof defaultLogger>;
    readonly upgrader: { getStreamMuxers(): ReadonlyMap<string, unknown> };
  }
  export function noise(): (components: Components) => Encrypter;
}
