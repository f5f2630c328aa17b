/** The stranger's package, which comes without types; only what the tests use. */
declare module "secret-handshake" {
  interface Keys {
    readonly publicKey: Buffer;
    readonly secretKey: Buffer;
  }
  type End = true | Error | null;
  type Answer = (end: End, data?: Uint8Array) => void;
  type Source = (abort: End, answer: Answer) => void;
  interface Duplex {
    readonly source: Source;
    readonly sink: (source: Source) => void;
  }
  type Done = (error: Error | null, stream: Duplex & { readonly remote: Buffer }) => void;
  type Authorize = (key: Buffer, cb: (error: Error | null, auth?: unknown) => void) => void;

  const secretHandshake: {
    createClient(
      keys: Keys,
      appKey: Buffer,
      timeoutMs: number,
    ): (serverKey: Buffer, cb: Done) => Duplex;
    createServer(
      keys: Keys,
      authorize: Authorize,
      appKey: Buffer,
      timeoutMs: number,
    ): (cb: Done) => Duplex;
    toKeys(seed: Buffer): Keys;
  };
  export default secretHandshake;
}
