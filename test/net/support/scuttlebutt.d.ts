/** The stranger's packages, which come without types; only what the tests use. */
declare module "secret-handshake" {
  import { type PullDuplex } from "./pull.ts";

  interface Keys {
    readonly publicKey: Buffer;
    readonly secretKey: Buffer;
  }
  type Connected = PullDuplex & { readonly remote: Buffer };
  type Done = (error: Error | null, stream: Connected) => void;
  type Authorize = (key: Buffer, cb: (error: Error | null, auth?: unknown) => void) => void;

  const secretHandshake: {
    createClient(
      keys: Keys,
      appKey: Buffer,
      timeout: number,
    ): (serverKey: Buffer, cb: Done) => PullDuplex;
    createServer(
      keys: Keys,
      authorize: Authorize,
      appKey: Buffer,
      timeout: number,
    ): (cb: Done) => PullDuplex;
    toKeys(seed: Buffer): Keys;
  };
  export default secretHandshake;
}
