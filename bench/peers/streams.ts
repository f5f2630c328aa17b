import { type Duplex } from "node:stream";
import { type Channel } from "./channel-peer.ts";

/** A Node stream as a channel; `wire` is the TCP socket below it. */
export function channelOfStream(
  stream: Duplex,
  wire: { readonly bytesWritten?: number } = {},
): Channel {
  stream.on("error", () => {});
  return {
    onData: (take) => stream.on("data", take),
    write: (bytes) => stream.write(bytes),
    onceDrained: (go) => stream.once("drain", go),
    close: () => stream.destroy(),
    wireBytes: () => wire.bytesWritten,
  };
}
