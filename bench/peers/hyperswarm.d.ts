/** The stranger's package; only what the bench uses, so that types need no installation. */
declare module "@hyperswarm/secret-stream" {
  import { type Socket } from "node:net";
  import { type Duplex } from "node:stream";

  const SecretStream: new (isInitiator: boolean, socket: Socket) => Duplex;
  export default SecretStream;
}
