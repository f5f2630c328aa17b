import { type CallContext, dup, RpcError } from "handfast";
import { Deferred } from "./deferred.ts";
import * as schema from "./interop.capnp.ts";

export class NumberObject extends schema.Number.Server {
  readonly #value: bigint;

  constructor(value: bigint) {
    super();
    this.#value = value;
  }

  override value() {
    return { value: this.#value };
  }

  override plus({ amount }: schema.Number.Plus.Params) {
    return { number: new NumberObject(this.#value + amount) };
  }
}

/** What happened to a callback that this process lends out. */
export class Journal {
  readonly texts: string[] = [];
  readonly #released = new Deferred<void>();

  get whenReleased(): Promise<void> {
    return this.#released.promise;
  }

  release(): void {
    this.#released.resolve();
  }
}

/** Answers `<host>: <text>`. */
export class CallbackObject extends schema.Callback.Server {
  readonly #host: string;
  readonly #journal: Journal;

  constructor(host: string, journal = new Journal()) {
    super();
    this.#host = host;
    this.#journal = journal;
  }

  override notify({ text }: schema.Callback.Notify.Params) {
    this.#journal.texts.push(text);
    return { text: `${this.#host}: ${text}` };
  }

  [Symbol.dispose](): void {
    this.#journal.release();
  }
}

export class LaterObject extends schema.Later.Server {
  readonly #settled = new Deferred<schema.Callback.Client>();
  #held: schema.Callback.Client | undefined;

  override callback() {
    return { callback: this.#settled.promise };
  }

  override fulfil({ callback }: schema.Later.Fulfil.Params) {
    this.#held = dup(callback);
    this.#settled.resolve(this.#held);
    return {};
  }

  override reject({ reason }: schema.Later.Reject.Params) {
    this.#settled.reject(RpcError.failed(reason));
    return {};
  }

  [Symbol.dispose](): void {
    this.#held?.[Symbol.dispose]();
  }
}

export class HolderObject extends schema.Holder.Server {
  readonly #callback: schema.Callback.Client;

  constructor(callback: schema.Callback.Client) {
    super();
    this.#callback = dup(callback);
  }

  override notify({ text }: schema.Holder.Notify.Params) {
    return this.#callback.notify({ text });
  }

  [Symbol.dispose](): void {
    this.#callback[Symbol.dispose]();
  }
}

export class NurseryObject extends schema.Nursery.Server {
  readonly #waiting = new Set<{ readonly count: number; readonly arrived: () => void }>();
  #live = 0;

  override make() {
    this.#changeBy(1);
    return { child: new ChildObject(() => this.#changeBy(-1)) };
  }

  override live() {
    return { count: this.#live };
  }

  override async whenLive({ count }: schema.Nursery.WhenLive.Params) {
    if (count === this.#live) return {};
    await new Promise<void>((arrived) => this.#waiting.add({ count, arrived }));
    return {};
  }

  #changeBy(difference: number): void {
    this.#live += difference;
    for (const one of this.#waiting) {
      if (one.count !== this.#live) continue;
      this.#waiting.delete(one);
      one.arrived();
    }
  }
}

class ChildObject extends schema.Child.Server {
  readonly #gone: () => void;

  constructor(gone: () => void) {
    super();
    this.#gone = gone;
  }

  override ping() {
    return {};
  }

  [Symbol.dispose](): void {
    this.#gone();
  }
}

export class HangerObject extends schema.Hanger.Server {
  readonly #cancelled = new Deferred<void>();

  override hang(_: schema.Hanger.Hang.Params, { signal }: CallContext) {
    return new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        this.#cancelled.resolve();
        reject(RpcError.failed("cancelled"));
      });
    });
  }

  override async whenCancelled() {
    await this.#cancelled.promise;
    return {};
  }
}

export class GateObject extends schema.Gate.Server {
  readonly #open = new Deferred<void>();
  #arrived = 0;

  override async meet({ total }: schema.Gate.Meet.Params) {
    const place = this.#arrived++;
    if (this.#arrived === total) this.#open.resolve();
    await this.#open.promise;
    return { place };
  }
}

export class SinkObject extends schema.Sink.Server {
  #bytes = 0n;

  override write({ chunk }: schema.Sink.Write.Params) {
    this.#bytes += BigInt(chunk.length);
    return {};
  }

  override done() {
    return { bytes: this.#bytes };
  }
}
