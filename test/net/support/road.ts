import { type AnonymousPeer } from "../../../src/base/index.ts";
import { type RoadEvents, type SecureSocket } from "../../../src/net/index.ts";

/** A road whose events are kept, each awaitable. */
export class DrivenRoad {
  readonly socket: SecureSocket | SecureSocket<AnonymousPeer>;
  readonly #chunks: Uint8Array[] = [];
  /** Settles when the peer's direction has ended. */
  readonly ended: Promise<"goodbye" | "unknown">;
  /** Settles when the road is gone. */
  readonly closed: Promise<Error | undefined>;
  drains = 0;
  #waiting: { readonly bytes: number; readonly done: () => void }[] = [];

  constructor(
    socket: SecureSocket | SecureSocket<AnonymousPeer>,
    onData?: (bytes: Uint8Array) => void,
  ) {
    this.socket = socket;
    const { promise: ended, resolve: end } = withResolvers<"goodbye" | "unknown">();
    const { promise: closed, resolve: close } = withResolvers<Error | undefined>();
    this.ended = ended;
    this.closed = closed;
    socket.start({
      data: (bytes) => {
        this.#chunks.push(bytes);
        onData?.(bytes);
        this.#check();
      },
      ended: end,
      drain: () => {
        this.drains += 1;
      },
      closed: close,
    });
  }

  get received(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  /** Settles once this many bytes have come in all. */
  async until(bytes: number): Promise<Buffer> {
    await new Promise<void>((done) => {
      this.#waiting.push({ bytes, done });
      this.#check();
    });
    return this.received;
  }

  /** Writes all of it at the pace of the peer. */
  send(data: string | Uint8Array): void {
    this.socket.write(typeof data === "string" ? Buffer.from(data) : data);
  }

  #check(): void {
    const length = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const due = this.#waiting.filter(({ bytes }) => bytes <= length);
    this.#waiting = this.#waiting.filter(({ bytes }) => bytes > length);
    for (const { done } of due) done();
  }
}

export interface Resolvers<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
}

/** `Promise.withResolvers`, which Node 20 does not have. */
export function withResolvers<T>(): Resolvers<T> {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** A driver that hears nothing; tests spread it and listen to what they care about. */
export const DEAF: RoadEvents = {
  data: () => {},
  ended: () => {},
  drain: () => {},
  closed: () => {},
};
