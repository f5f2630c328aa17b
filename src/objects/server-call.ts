import {
  type AnonymousPeer,
  type AuthContext,
  type Logger,
  type Peer,
  type TransportMetadata,
} from "../base/index.ts";
import { type Client, type InterfaceType, type Servable, WORD_BYTES } from "../capnp/index.ts";
import {
  type CallStatistics,
  type IncomingCall,
  type Payload,
  type RpcError,
  type Tally,
  type TraceContext,
} from "../rpc/index.ts";
import { CallBase } from "./call.ts";
import { type CallContext } from "./call-context.ts";
import { callLogger, type LogLevel } from "./call-logger.ts";
import { type Observation, type ObservedCall } from "./call-observer.ts";
import { ClientBase } from "./client.ts";
import { within } from "./current-call.ts";
import { cancellation } from "./given-up.ts";
import { type Host } from "./host.ts";
import { type Entrance, type Interceptor } from "./interceptor.ts";
import { type Method } from "./interface-definition.ts";
import { minted, type MintOptions } from "./mint.ts";
import { requestOf } from "./outgoing-call.ts";
import { type OutgoingResults, outgoingResults, payloadOf } from "./outgoing-results.ts";
import { received } from "./received-content.ts";
import { ReceivedCapabilities } from "./received-capabilities.ts";
import { isThenable, resultsIn } from "./returned-value.ts";
import { TailTarget } from "./watched-call.ts";

/**
 * One call at a server object: the context its method gets, and the one who answers for it. All
 * that the method may never ask for is made when it asks.
 */
export class ServerCall implements CallContext<object>, ObservedCall {
  readonly side = "served";
  readonly #incoming: IncomingCall;
  readonly #method: Method;
  readonly #host: Host;
  #requestId: string | undefined;
  #cancellation: AbortController | undefined;
  #results: OutgoingResults | undefined;
  #params: ReceivedCapabilities | undefined;
  /** What the method has minted; the results have references of their own. */
  #minted: Disposable[] | undefined;
  /** The call that the method has returned for its own. */
  #forwarded: CallBase<unknown> | undefined;
  #watching = false;
  #ended: ((error: RpcError | undefined) => void) | undefined;
  #handedOver = false;
  /** Given up by its caller after that. */
  #forgotten = false;
  /** Where its cost is added up, and where interceptors hold it up: the called object's own. */
  tally: Tally | undefined;
  entrance: Entrance | undefined;
  /** Gives it up while interceptors hold it up. */
  #leave: ((error: RpcError) => void) | undefined;
  #observation: Observation | undefined;
  #logger: Logger | undefined;
  /** Whether somebody wants to know what the answer costs. */
  #counted = false;
  #messagesOut = 0;
  #bytesOut = 0;
  #capabilitiesOut = 0;

  constructor(incoming: IncomingCall, method: Method, host: Host) {
    this.#incoming = incoming;
    this.#method = method;
    this.#host = host;
  }

  get peer(): Peer | AnonymousPeer {
    return this.#incoming.caller?.peer ?? this.#host.self;
  }

  get auth(): AuthContext {
    return this.#incoming.caller?.auth ?? this.#host.selfAuth;
  }

  get transportMetadata(): TransportMetadata {
    return this.#incoming.caller?.transport ?? OF_THIS_VAT;
  }

  get label(): string {
    return this.#incoming.caller?.mint?.label ?? this.#method.interfaceName;
  }

  get deadline(): Date | undefined {
    const expiresAtMs = this.#incoming.caller?.mint?.expiresAtMs;
    return expiresAtMs === undefined ? undefined : new Date(expiresAtMs);
  }

  get signal(): AbortSignal {
    const { signal } = (this.#cancellation ??= new AbortController());
    if (this.#incoming.canceled) this.#canceled();
    else this.#watch();
    return signal;
  }

  get requestId(): string {
    return (this.#requestId ??= this.#host.nextRequestId());
  }

  get interface(): string {
    return this.#method.interfaceName;
  }

  get method(): string {
    return this.#method.name;
  }

  get trace(): TraceContext | undefined {
    return this.#incoming.trace;
  }

  get logger(): Logger {
    return (this.#logger ??= callLogger(this.#host.log, this));
  }

  get stats(): CallStatistics {
    const { content, caps } = this.#incoming.params;
    return {
      messagesIn: 1,
      messagesOut: this.#messagesOut,
      bytesIn: content.sizeWords * WORD_BYTES,
      bytesOut: this.#bytesOut,
      capabilitiesIn: caps.length,
      capabilitiesOut: this.#capabilitiesOut,
    };
  }

  clientLog(level: LogLevel, message: string, extra?: object): void {
    this.#host.clientLog?.(this, level, message, extra);
  }

  get results(): object {
    return (this.#results ??= outgoingResults(this.#method, this.#host.turns)).root as object; // a builder
  }

  setPipeline(results: object): void {
    const pipeline = outgoingResults(this.#method, this.#host.turns, results);
    this.#incoming.setPipeline(payloadOf(pipeline));
  }

  mint<C extends Client, S extends Servable>(
    type: InterfaceType<C, S>,
    object: C | S,
    { auth = this.auth, ...terms }: MintOptions<C> = {},
  ): C {
    const client = minted(type, object, { auth, ...terms }, this.#host);
    (this.#minted ??= []).push(client);
    return client;
  }

  tailCall(target: object, name: string, ...[params]: readonly unknown[]): Promise<never> {
    if (!(target instanceof ClientBase)) throw new TypeError("tailCall goes to a client");
    const { hook } = target.$reference;
    const method = target.$interface.methodNamed(name);
    if (hook === undefined) throw target.$reference.failure;
    if (method === undefined) throw new TypeError(`${target.$interface.name} has no ${name}`);
    if (this.#handedOver) throw new TypeError("this call was handed over already");
    // The caller paces itself; it is answered when all is done.
    const request = requestOf(method, params as object | undefined, hook, false);
    this.#handedOver = true;
    const { trace } = this;
    const tail = new TailTarget(method, hook);
    const onward = trace === undefined ? request : { ...request, trace };
    this.#incoming.tailCall(tail, onward, (error, results, forgotten = false) => {
      tail.ended(error, results);
      this.#forgotten = forgotten;
      if (results !== undefined) this.#count(results);
      this.#end(error);
    });
    this.#letGo();
    if (this.#incoming.canceled) this.#end(cancellation(this.#incoming)); // it went nowhere
    return new Promise(() => {}); // the answer goes to the caller, never through here
  }

  /** Runs the method and answers the call; `ended` is told once it has been. */
  run(object: object, body: MethodBody, ended?: (error: RpcError | undefined) => void): void {
    this.#ended = ended;
    const { observers, interceptors } = this.#host;
    this.#counted = observers !== undefined || this.tally !== undefined;
    if (observers !== undefined) {
      this.#observation = observers.start(this);
      this.#watch(); // a call that is given up is over, whatever its method goes on to do
    }
    if (interceptors === undefined) this.#enter(object, body);
    else this.#intercept(interceptors, object, body);
  }

  #intercept(interceptors: readonly Interceptor[], object: object, body: MethodBody): void {
    const streamed = this.#ended;
    let entered = false;
    this.#watch(); // one that is given up holds up none behind it
    const leave = this.entrance?.admit(interceptors, {
      call: this,
      enter: () =>
        new Promise((resolve, reject) => {
          entered = true;
          this.#ended = (error) => {
            streamed?.(error);
            if (error === undefined) resolve();
            else reject(error);
          };
          if (this.#incoming.canceled) this.#throws(cancellation(this.#incoming));
          else this.#enter(object, body);
        }),
      refuse: (error) => {
        this.#throws(error);
      },
    });
    this.#leave = (why) => {
      leave?.(why);
      if (!entered) streamed?.(why);
    };
  }

  /** Whether its caller gave it up, before or after it was handed over. */
  get canceled(): boolean {
    return this.#forgotten || this.#incoming.canceled;
  }

  #enter(object: object, body: MethodBody): void {
    const observation = this.#observation;
    if (observation?.isEntered === true) {
      observation.run(() => {
        this.#call(object, body);
      });
    } else {
      this.#call(object, body);
    }
  }

  #call(object: object, body: MethodBody): void {
    let returned: unknown;
    try {
      const params = this.#readParams();
      returned = this.#host.trackCalls
        ? within(this, () => body.call(object, params, this))
        : body.call(object, params, this);
    } catch (error) {
      this.#throws(error);
      return;
    }
    if (returned instanceof CallBase) this.#forward(returned);
    else if (isThenable(returned)) this.#await(returned);
    else this.#returns(returned);
  }

  #await(returned: PromiseLike<unknown>): void {
    Promise.resolve(returned).then(
      (value) => {
        this.#returns(value);
      },
      (error: unknown) => {
        this.#throws(error);
      },
    );
  }

  /** A method may return a call of its own: that one's results, and its cancellation. */
  #forward(call: CallBase<unknown>): void {
    this.#forwarded = call;
    this.#watch();
    call.then(
      (results) => {
        this.#returns(results);
        results[Symbol.dispose]();
      },
      (error: unknown) => {
        this.#throws(error);
      },
    );
  }

  #readParams(): unknown {
    const { content, caps } = this.#incoming.params;
    if (caps.length > 0) {
      const owned = caps.map((hook) => hook?.retain());
      this.#params = new ReceivedCapabilities(owned, OVER);
      this.#watch();
    }
    return received(content).root(this.#method.params, this.#params);
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#incoming.onCanceled(() => {
      this.#canceled();
    });
  }

  /** Nobody waits for the method any more, and what it was lent is gone, however long it goes on. */
  #canceled(): void {
    const why = cancellation(this.#incoming);
    this.#cancellation?.abort(why);
    this.#leave?.(why);
    this.#forwarded?.[Symbol.dispose]();
    this.#params?.dispose();
    this.#observation?.end(why, this.stats);
  }

  #returns(value: unknown): void {
    if (this.#handedOver) return;
    try {
      const filled = this.#results;
      const outgoing =
        filled !== undefined && value === filled.root
          ? filled
          : outgoingResults(this.#method, this.#host.turns, resultsIn(value));
      if (outgoing !== filled) filled?.capabilities.dispose();
      const payload = payloadOf(outgoing);
      if (this.#counted) this.#count(payload);
      this.#incoming.returns(payload);
      this.#end(undefined);
    } catch (error) {
      this.#throws(error);
    }
  }

  #throws(thrown: unknown): void {
    const { interface: name, method, requestId, peer } = this;
    const where = { interface: name, method, requestId, peer: peer.id ?? peer.address };
    // A method that was given up usually throws for that very reason, and nobody hears it.
    const error = this.#incoming.canceled
      ? cancellation(this.#incoming)
      : this.#host.forTheCaller(thrown, where);
    if (this.#handedOver) return; // nobody waits for what the method does after that
    this.#results?.capabilities.dispose();
    this.#incoming.throws(error);
    this.#end(error);
  }

  /** What the method was lent, and what it made and nobody takes. */
  #letGo(): void {
    this.#params?.dispose();
    for (const client of this.#minted?.splice(0) ?? []) client[Symbol.dispose]();
    if (this.#handedOver) this.#results?.capabilities.dispose();
  }

  #end(error: RpcError | undefined): void {
    this.#letGo();
    if (this.#counted) {
      this.#messagesOut = 1;
      const { stats } = this;
      this.tally?.add(stats);
      this.#observation?.end(error, stats);
    }
    this.#ended?.(error);
  }

  #count({ content, caps }: Payload): void {
    this.#bytesOut = content.sizeWords * WORD_BYTES;
    this.#capabilitiesOut = caps.length;
  }
}

const OF_THIS_VAT: TransportMetadata = Object.freeze({
  remoteAddress: "local",
  transport: "local",
});

/** A method of a server object, whatever its parameters and results are. */
export type MethodBody = (params: unknown, call: CallContext<object>) => unknown;

const OVER = "a parameter lives until its call is over: dup() what is to outlive it";
