/** The stranger's package; only what the bench uses, so that types need no installation. */
declare module "@hyperswarm/secret-stream" {
  import { type Socket } from "node:net";
  import { type Duplex } from "node:stream";

  interface KeyPair {
    readonly publicKey: Uint8Array;
    readonly secretKey: Uint8Array;
  }
  const SecretStream: {
    new (isInitiator: boolean, socket: Socket, options: { readonly keyPair: KeyPair }): Duplex;
    keyPair(): KeyPair;
  };
  export default SecretStream;
}
