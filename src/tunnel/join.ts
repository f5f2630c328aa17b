import { type PlainRoad, type RoadEvents, type SecureSocket } from "../net/index.ts";
import { TunnelError } from "./error.ts";

type AnyRoad = SecureSocket | PlainRoad;

/**
 * Joins two roads into one stream: bytes, pace and endings of each direction pass on. An end is
 * passed on as an end and a cut as a cut, so that nobody takes half a stream for a whole one.
 * Settles once both roads are gone, with what went wrong, if anything did; never rejects.
 */
export function join(left: AnyRoad, right: AnyRoad): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let failure: Error | undefined;
    let open = 2;
    const passOn = (from: AnyRoad, to: AnyRoad): RoadEvents => ({
      data: (bytes) => {
        if (!to.write(bytes)) from.pause();
      },
      drain: () => {
        to.resume();
      },
      ended: () => {
        const reason = from.closeReason; // only given where the stream is not whole
        if (reason === undefined) to.end();
        else to.destroy(new TunnelError("FAR_END_FAILED", `the far end gave up: ${reason.text}`));
      },
      closed: (error) => {
        failure ??= error;
        if (error !== undefined) {
          to.destroy(new TunnelError("OTHER_END_GONE", "the other end was cut", error));
        }
        open -= 1;
        if (open === 0) resolve(failure);
      },
    });
    left.start(passOn(left, right));
    right.start(passOn(right, left));
  });
}
