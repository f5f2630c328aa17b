import { type CallStatistics, type IncomingCall, RpcError, Tally } from "../rpc/index.ts";
import { type Host, type LabelledServant } from "./host.ts";
import { Entrance } from "./interceptor.ts";
import { type Method } from "./interface-definition.ts";
import { type Servable } from "./interface-type.ts";
import { RefusedCall } from "./refused-call.ts";
import { isServer, methodsOf, type Server } from "./server.ts";
import { givenUp, type MethodBody, ServerCall } from "./server-call.ts";

/** What the core calls when it calls a server object. */
export function serve(server: Servable, host: Host): LabelledServant {
  if (!isServer(server)) throw new TypeError("not a server object of this library");
  return new ServedObject(server, host);
}

/**
 * A user's object as the core sees it: finds the method, reads its parameters, runs it.
 *
 * Calls overlap freely, but for streaming ones (`-> stream`): those run one at a time, whatever
 * comes behind one waits for it, and the first that fails breaks the object for all that follow.
 */
class ServedObject implements LabelledServant {
  readonly #server: Server;
  readonly #host: Host;
  #tally: Tally | undefined;
  #entrance: Entrance | undefined;
  /** Absent until the first streaming call: most objects have none. */
  #streams: Streams | undefined;

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
    if (method === undefined) this.#unknown(call, name);
    else if (this.#streams?.running === true) this.#streams.waiting.push({ call, method });
    else this.#start(call, method);
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

  #start(call: IncomingCall, method: Method): void {
    const broken = this.#streams?.broken;
    if (broken !== undefined) {
      this.#refuse(call, method, broken);
      return;
    }
    const object = methodsOf(this.#server);
    const body = object[method.name];
    if (typeof body !== "function") {
      const message = `${method.interfaceName}.${method.name} is not implemented here`;
      this.#refuse(call, method, RpcError.unimplemented(message));
      return;
    }
    const serverCall = new ServerCall(call, method, this.#host);
    if (this.#host.countsCalls) serverCall.tally = this.#tally ??= new Tally();
    if (this.#host.interceptors !== undefined)
      serverCall.entrance = this.#entrance ??= new Entrance();
    serverCall.run(object, body as MethodBody, method.streaming ? this.#stream() : undefined);
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

  /** A streaming call begins; returns whom to tell when it is over. */
  #stream(): Streams["over"] {
    const streams = (this.#streams ??= {
      running: true,
      broken: undefined,
      waiting: [],
      over: (error) => {
        streams.running = false;
        streams.broken = error;
        this.#startWaiting(streams);
      },
    });
    streams.running = true;
    return streams.over;
  }

  /** Up to and including the next streaming call, which goes on from here when it ends. */
  #startWaiting(streams: Streams): void {
    const { waiting } = streams;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      if (next.call.canceled) next.call.throws(givenUp());
      else this.#start(next.call, next.method);
      if (streams.running) return;
    }
  }
}

/** The streaming calls at one object. */
interface Streams {
  running: boolean;
  /** What the first that failed failed with. */
  broken: RpcError | undefined;
  /** What came behind the one that runs. */
  readonly waiting: { readonly call: IncomingCall; readonly method: Method }[];
  readonly over: (error: RpcError | undefined) => void;
}
