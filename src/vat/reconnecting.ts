import { type Clock, whenAborted } from "../base/index.ts";
import { type Client } from "../capnp/index.ts";
import { onBroken, whenResolved } from "../objects/index.ts";
import { NetError, type NetErrorCode, type Random, realClock, realRandom } from "../net/index.ts";
import { RpcError } from "../rpc/index.ts";
import { type Backoff, DEFAULT_BACKOFF, delayAfter } from "./backoff.ts";
import { type Connection, type Vat } from "./contract.ts";
import { VatError } from "./error.ts";

/** How a capability is got again on each new connection, and when. */
export interface ReconnectingOptions<C extends Client> {
  /**
   * Gets, on a new connection, the capability to work with: authenticates, if need be. What it
   * returns is the helper's to dispose. When it fails for any reason but `disconnected` or
   * `overloaded`, those who wait are told, and nothing is tried until somebody asks again.
   */
  readonly establish: (connection: Connection, signal: AbortSignal) => C | PromiseLike<C>;
  /** Whether to dial before anybody asks, and whenever the connection was lost. Default `false`. */
  readonly eager?: boolean | undefined;
  /** How long to wait after a failure, where the defaults do not suit. */
  readonly backoff?: Partial<Backoff> | undefined;
  /** Calls that may wait for a connection; more are refused as `overloaded`. Default 256. */
  readonly maxWaiting?: number | undefined;
  /** Default: the machine's. */
  readonly clock?: Clock | undefined;
  /** Spreads the waits. Default: `Math.random`. */
  readonly random?: Random | undefined;
}

/**
 * `idle`: not connected, and nobody asks. `connecting`: dialling and establishing. `waiting`: it
 * failed, and is tried again after a while. `connected`. `failed`: `establish` was refused.
 */
export type ReconnectingState =
  | { readonly is: "idle" }
  | { readonly is: "connecting" }
  | { readonly is: "waiting"; readonly delayMs: number; readonly error: unknown }
  | { readonly is: "connected" }
  | { readonly is: "failed"; readonly error: unknown }
  | { readonly is: "closed" };

/** Options of one `call`. */
export interface ReconnectingCallOptions {
  /** Whether the call may be made again when it is not known whether it ran. Default `false`. */
  readonly idempotent?: boolean | undefined;
  /** Gives the call up while it waits; pass it to the call as well. */
  readonly signal?: AbortSignal | undefined;
}

/** One capability of a peer, across the connections that it takes to work with it. */
export interface Reconnecting<C extends Client> extends AsyncDisposable {
  readonly state: ReconnectingState;
  /**
   * Calls back with every new state; the function returned takes the callback back. What it throws
   * is an uncaught exception of the process, and changes nothing here.
   */
  onState(callback: (state: ReconnectingState) => void): () => void;
  /**
   * Has `work` make one call on the capability, dialling if there is none. When the capability is
   * lost and the call certainly did not run, or is declared idempotent, it is made again on the next.
   * A session that the peer has ended is noticed by the first call that fails with `EXPIRED` or
   * `REVOKED`; the calls after it get a new one.
   */
  call<R>(
    work: (capability: C) => PromiseLike<R>,
    options?: ReconnectingCallOptions,
  ): Promise<Awaited<R>>;
  /** Fails what waits, and lets the connection go. */
  close(): Promise<void>;
}

/**
 * Keeps a capability of the peer at `address` at hand. References break for good with their
 * connection; this dials anew when the next call is made, and goes through `establish` again.
 */
export function reconnecting<C extends Client>(
  vat: Pick<Vat, "connect">,
  address: string,
  options: ReconnectingOptions<C>,
): Reconnecting<C> {
  return new Reconnection(vat, address, options);
}

/** What one establishment has brought. */
interface Established<C> {
  readonly connection: Connection;
  readonly capability: C;
  readonly sinceMs: number;
}

const MAX_WAITING = 256; // ours
const MAX_RETRIES = 5; // ours: a call that has met so many lost connections is told of the last

class Reconnection<C extends Client> implements Reconnecting<C> {
  readonly #vat: Pick<Vat, "connect">;
  readonly #address: string;
  readonly #options: ReconnectingOptions<C>;
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #life = new AbortController();
  readonly #callbacks = new Set<(state: ReconnectingState) => void>();
  #state: ReconnectingState = { is: "idle" };
  #established: Established<C> | undefined;
  #under: Promise<Established<C>> | undefined;
  #waiting = 0;
  /** In a row; a connection that did not last counts. */
  #failures = 0;

  constructor(vat: Pick<Vat, "connect">, address: string, options: ReconnectingOptions<C>) {
    this.#vat = vat;
    this.#address = address;
    this.#options = options;
    this.#clock = options.clock ?? realClock;
    this.#backoff = { ...DEFAULT_BACKOFF, ...options.backoff };
    this.#dialIfEager();
  }

  get state(): ReconnectingState {
    return this.#state;
  }

  onState(callback: (state: ReconnectingState) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  async call<R>(
    work: (capability: C) => PromiseLike<R>,
    { idempotent = false, signal }: ReconnectingCallOptions = {},
  ): Promise<Awaited<R>> {
    for (let retries = 0; ; retries++) {
      const established = this.#established ?? (await this.#wait(signal));
      try {
        return await work(established.capability);
      } catch (error) {
        if (!isLoss(error, established.capability)) throw error;
        this.#lost(established);
        const again = idempotent || error.executed === "no";
        if (!again || retries === MAX_RETRIES || this.#life.signal.aborted) throw error;
      }
    }
  }

  async close(): Promise<void> {
    if (this.#life.signal.aborted) return;
    this.#life.abort(closed());
    const established = this.#established;
    this.#established = undefined;
    this.#become({ is: "closed" });
    if (established !== undefined) await letGo(established);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Waits with the others for the one establishment that is under way. */
  async #wait(signal: AbortSignal | undefined): Promise<Established<C>> {
    if (this.#life.signal.aborted) throw closed();
    const { maxWaiting = MAX_WAITING } = this.#options;
    if (this.#waiting >= maxWaiting) {
      const message = "too many calls wait for a connection";
      throw RpcError.overloaded(message, { executed: "no" });
    }
    this.#waiting += 1;
    const given = gaveUp(signal);
    try {
      return await Promise.race([this.#establish(), given.up]);
    } finally {
      given.forget();
      this.#waiting -= 1;
    }
  }

  #establish(): Promise<Established<C>> {
    if (this.#under !== undefined) return this.#under;
    const under = this.#tryUntilEstablished().finally(() => {
      if (this.#under === under) this.#under = undefined;
    });
    return (this.#under = under);
  }

  async #tryUntilEstablished(): Promise<Established<C>> {
    let pauseMs = this.#failures > 0 ? this.#delay() : 0;
    for (let error: unknown; ; pauseMs = this.#delay()) {
      if (pauseMs > 0) {
        this.#become({ is: "waiting", delayMs: pauseMs, error });
        await this.#pause(pauseMs);
      }
      this.#become({ is: "connecting" });
      try {
        return await this.#tryOnce();
      } catch (failure) {
        error = failure;
        if (this.#life.signal.aborted) throw closed();
        this.#failures += 1;
        if (isFinal(failure)) {
          this.#become({ is: "failed", error });
          throw failure;
        }
        if (this.#waiting === 0 && this.#options.eager !== true) {
          this.#become({ is: "idle" });
          throw failure; // nobody hears it
        }
      }
    }
  }

  async #tryOnce(): Promise<Established<C>> {
    const { signal } = this.#life;
    const connection = this.#vat.connect(this.#address, { signal });
    let capability: C | undefined;
    try {
      capability = await this.#options.establish(connection, signal);
      await whenResolved(capability);
      signal.throwIfAborted();
    } catch (error) {
      capability?.[Symbol.dispose]();
      await connection.close();
      throw error;
    }
    const established = { connection, capability, sinceMs: this.#clock.now() };
    this.#established = established;
    this.#under = undefined; // it may be lost before anybody has heard of it
    this.#become({ is: "connected" });
    onBroken(capability, () => this.#lost(established));
    return established;
  }

  #lost(established: Established<C>): void {
    if (this.#established !== established) return;
    this.#established = undefined;
    const lasted = this.#clock.now() - established.sinceMs >= this.#backoff.maxMs;
    this.#failures = lasted ? 0 : this.#failures + 1;
    this.#become({ is: "idle" });
    void letGo(established);
    this.#dialIfEager();
  }

  #dialIfEager(): void {
    if (this.#options.eager !== true || this.#life.signal.aborted) return;
    this.#establish().catch(() => {}); // the state says so
  }

  #delay(): number {
    return delayAfter(this.#failures, this.#backoff, this.#options.random ?? realRandom);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(ms, () => {
        deafen();
        resolve();
      });
      const deafen = whenAborted(this.#life.signal, () => {
        cancel();
        reject(closed());
      });
    });
  }

  #become(state: ReconnectingState): void {
    if (this.#state.is === "closed") return;
    this.#state = state;
    for (const callback of this.#callbacks) {
      try {
        callback(state);
      } catch (error) {
        queueMicrotask(() => {
          throw error; // the process hears of it, as of an EventTarget's listener; we go on
        });
      }
    }
  }
}

/** Whether what failed the call may be the end of the capability: one behind it ends alike. */
function isLoss(error: unknown, capability: Client): error is RpcError {
  if (!(error instanceof RpcError) || error.kind !== "disconnected") return false;
  return error.code === "EXPIRED" || error.code === "REVOKED" || isBroken(capability);
}

function isBroken(capability: Client): boolean {
  let broken = false;
  onBroken(capability, () => (broken = true))();
  return broken;
}

/** What only a change at this end can mend. */
const FINAL: ReadonlySet<NetErrorCode> = new Set([
  "ADDRESS_INVALID",
  "CERTIFICATE_INVALID",
  "INSECURE",
  "SELF_CONNECT",
  "SOCKET_UNSAFE",
]);

/** Whether trying again would only be refused again. */
function isFinal(error: unknown): boolean {
  if (error instanceof RpcError) return error.kind === "failed" || error.kind === "unimplemented";
  if (error instanceof NetError) return FINAL.has(error.code);
  return !(error instanceof Error && "code" in error) || error instanceof VatError;
}

async function letGo({ capability, connection }: Established<Client>): Promise<void> {
  capability[Symbol.dispose]();
  await connection.close();
}

/** Rejects when the signal aborts, until it is forgotten. */
function gaveUp(signal: AbortSignal | undefined): { up: Promise<never>; forget: () => void } {
  let forget = () => {};
  const up = new Promise<never>((_, reject) => {
    const stop = () => {
      const options = {
        code: "CANCELED",
        executed: "no",
        cause: signal?.reason as unknown,
      } as const;
      reject(RpcError.failed("the caller gave the call up", options));
    };
    forget = whenAborted(signal, stop);
  });
  return { up, forget };
}

function closed(): RpcError {
  return RpcError.disconnected("the reconnecting capability was closed", {
    executed: "no",
    blame: "caller",
  });
}
