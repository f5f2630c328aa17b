/** The stranger's packages; only what the bench uses, so that types need no installation. */
declare module "@grpc/proto-loader" {
  import { type ServiceDefinition } from "@grpc/grpc-js";
  export function loadSync(
    path: string,
    options: { readonly longs: unknown },
  ): Readonly<Record<string, ServiceDefinition | undefined>>;
}

declare module "@grpc/grpc-js" {
  import { type EventEmitter } from "node:events";

  export type ServiceDefinition = object;
  type Done = (error: Error | null, value?: unknown) => void;

  export interface WritableCall extends EventEmitter {
    write(message: object): boolean;
    end(): void;
  }
  type Unary = (params: object, done: Done) => unknown;
  export interface GenericClient {
    readonly Echo: Unary;
    readonly Fail: Unary;
    readonly Next: Unary;
    readonly Take: Unary;
    readonly Give: Unary;
    readonly Write: (done: Done) => WritableCall;
    waitForReady(deadlineMs: number, done: (error?: Error | null) => void): void;
    close(): void;
  }
  interface Secure {
    readonly secure: true;
  }
  export const credentials: {
    createSsl(
      root: Buffer,
      key: Buffer,
      chain: Buffer,
      options: { readonly checkServerIdentity: () => undefined },
    ): Secure;
  };
  export function makeGenericClientConstructor(
    service: ServiceDefinition,
    name: string,
  ): new (address: string, secure: Secure, options: object) => GenericClient;
  export const ServerCredentials: {
    createSsl(
      root: Buffer,
      pairs: readonly { readonly cert_chain: Buffer; readonly private_key: Buffer }[],
      checkClients: boolean,
    ): Secure;
  };
  export class Server {
    constructor(options: object);
    addService(service: ServiceDefinition, methods: object): void;
    bindAsync(
      address: string,
      secure: Secure,
      done: (error: Error | null, port: number) => void,
    ): void;
  }
}
