/** The stranger's packages; only what the bench uses, so that types need no installation. */
declare module "capnweb" {
  export class RpcTarget {
    private readonly marker: never;
  }
  /** A stub of whatever the other side serves. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as it is declared
  export function newWebSocketRpcSession<Stub>(socket: unknown, main?: RpcTarget): Stub;
}

declare module "ws" {
  import { type EventEmitter } from "node:events";
  import { type AddressInfo } from "node:net";

  interface Options {
    readonly perMessageDeflate: boolean;
  }
  export class WebSocket extends EventEmitter {
    constructor(url: string, options: Options);
  }
  export class WebSocketServer extends EventEmitter {
    constructor(options: Options & { readonly host: string; readonly port: number });
    on(event: "connection", accepted: (socket: WebSocket) => void): this;
    address(): AddressInfo | string | null;
  }
}
