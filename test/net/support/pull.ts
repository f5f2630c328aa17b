import { type Socket } from "node:net";

/** The pull-stream protocol: a source is asked, an end is `true` or an error. */
type End = true | Error | null;
export type Answer = (end: End, data?: Uint8Array) => void;
export type Source = (abort: End, answer: Answer) => void;
export type Sink = (source: Source) => void;
export interface PullDuplex {
  readonly source: Source;
  readonly sink: Sink;
}

/** Joins a TCP socket to a duplex pull-stream, both ways. */
export function plug(socket: Socket, stream: PullDuplex): void {
  stream.sink(sourceOf(socket));
  drain(
    stream.source,
    (data, next) => {
      if (socket.write(data)) next();
      else socket.once("drain", next);
    },
    () => socket.end(),
  );
}

/** Reads a source to its end. */
export function drain(
  source: Source,
  take: (data: Uint8Array, next: () => void) => void,
  ended: (error: Error | undefined) => void,
): void {
  const ask = () => {
    source(null, (end, data) => {
      if (end !== null) ended(end === true ? undefined : end);
      else take(data!, ask);
    });
  };
  ask();
}

/** A source of these chunks. */
export function sourceOfChunks(chunks: readonly Uint8Array[]): Source {
  let next = 0;
  return (abort, answer) => {
    const chunk = chunks[next];
    next += 1;
    if (abort !== null || chunk === undefined) answer(abort ?? true);
    else setImmediate(answer, null, chunk); // a deep stack otherwise: it asks from the answer
  };
}

function sourceOf(socket: Socket): Source {
  const chunks: Uint8Array[] = [];
  let end: End = null;
  let waiting: Answer | undefined;
  const serve = () => {
    if (waiting === undefined) return;
    const answer = waiting;
    const chunk = chunks.shift();
    if (chunk === undefined && end === null) return;
    waiting = undefined;
    if (chunk === undefined) answer(end);
    else answer(null, chunk);
  };
  socket.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    serve();
  });
  const finish = (why: true | Error) => {
    end ??= why;
    serve();
  };
  socket.on("end", () => {
    finish(true);
  });
  socket.on("error", finish);
  socket.on("close", () => {
    finish(true);
  });
  return (abort, answer) => {
    if (abort !== null) {
      socket.destroy();
      answer(abort);
      return;
    }
    waiting = answer;
    serve();
  };
}
