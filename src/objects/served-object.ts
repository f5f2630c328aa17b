import { type Servable } from "../capnp/index.ts";
import { type CallStatistics, type IncomingCall, RpcError, Tally } from "../rpc/index.ts";
import { type Host, type LabelledServant } from "./host.ts";
import { type Method } from "./interface-definition.ts";
import { type Lane, Lanes } from "./lane.ts";
import { RefusedCall } from "./refused-call.ts";
import { isServer, methodsOf, type Server } from "./server.ts";
import { type MethodBody, ServerCall } from "./server-call.ts";

/** What the core calls when it calls a server object. */
export function serve(server: Servable, host: Host): LabelledServant {
  if (!isServer(server)) throw new TypeError("not a server object of this library");
  return new ServedObject(server, host);
}

/**
 * A user's object as the core sees it: finds the method, reads its parameters, runs it.
 *
 * Calls overlap freely, but for streaming ones (`-> stream`): of one caller's, they run one at a
 * time, whatever comes behind one waits for it, and the first that fails fails all that follow.
 */
class ServedObject implements LabelledServant {
  readonly #server: Server;
  readonly #host: Host;
  #tally: Tally | undefined;
  /** Absent until the first call that interceptors may hold up, or that streams. */
  #lanes: Lanes | undefined;

  constructor(server: Server, host: Host) {
    this.#server = server;
    this.#host = host;
  }

  get label(): string {
    return this.#server.$interface.name;
  }

  deliver(call: IncomingCall): void {
    const { name, methods } = this.#server.$interface;
    const method = methods.get(call.interfaceId)?.[call.methodId];
    if (method === undefined) {
      this.#unknown(call, name);
      return;
    }
    const lane = this.#laneOf(call, method);
    if (lane?.streaming === true) {
      lane.wait(call, () => {
        this.#start(call, method, lane);
      });
    } else {
      this.#start(call, method, lane);
    }
  }

  get statistics(): CallStatistics | undefined {
    return this.#tally;
  }

  dropped(): void {
    if (!this.#host.forget(this.#server)) return;
    const dispose = (this.#server as Partial<Disposable>)[Symbol.dispose];
    if (dispose === undefined) return;
    try {
      dispose.call(this.#server);
    } catch (error) {
      const { name } = this.#server.$interface;
      this.#host.failed(error, { interface: name, method: "[Symbol.dispose]" });
    }
  }

  /** Of an object that knows neither streams nor interceptors, none. */
  #laneOf({ caller }: IncomingCall, { streaming }: Method): Lane | undefined {
    if (this.#lanes === undefined) {
      if (!streaming && this.#host.interceptors === undefined) return undefined;
      this.#lanes = new Lanes();
    }
    return this.#lanes.of(caller?.peer ?? this.#host.self, caller?.mint);
  }

  #start(call: IncomingCall, method: Method, lane: Lane | undefined): void {
    if (lane?.broken !== undefined) {
      this.#refuse(call, method, lane.broken);
      return;
    }
    const object = methodsOf(this.#server);
    const body = object[method.name];
    if (typeof body !== "function") {
      const message = `${method.interfaceName}.${method.name} has no body here`;
      this.#refuse(call, method, RpcError.unimplemented(message));
      return;
    }
    const serverCall = new ServerCall(call, method, this.#host);
    if (this.#host.countsCalls) serverCall.tally = this.#tally ??= new Tally();
    serverCall.entrance = lane?.entrance;
    serverCall.run(
      object,
      body as MethodBody,
      method.streaming ? lane?.stream(serverCall) : undefined,
    );
  }

  #unknown(call: IncomingCall, name: string): void {
    const facet = this.#host.facet(call.interfaceId);
    if (facet === undefined) {
      this.#refuse(call, undefined, RpcError.unimplemented(`${name} has no such method`));
    } else {
      facet.deliver(call);
    }
  }

  /** The call fails before it comes to a method; who observes is told all the same. */
  #refuse(call: IncomingCall, method: Method | undefined, error: RpcError): void {
    this.#host.observers
      ?.start(new RefusedCall(call, method, this.#host))
      .refuse(error, call.params);
    call.throws(error);
  }
}
