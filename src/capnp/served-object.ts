import { type IncomingCall, RpcError } from "../rpc/index.ts";
import { type Host, type LabelledServant } from "./host.ts";
import { type Method } from "./interface-definition.ts";
import { type Servable } from "./interface-type.ts";
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
 * Calls overlap freely, but for streaming ones (`-> stream`): those run one at a time, whatever
 * comes behind one waits for it, and the first that fails breaks the object for all that follow.
 */
class ServedObject implements LabelledServant {
  readonly #server: Server;
  readonly #host: Host;
  readonly #waiting: { readonly call: IncomingCall; readonly method: Method }[] = [];
  #streaming = false;
  #broken: RpcError | undefined;

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
    if (method === undefined) call.throws(RpcError.unimplemented(`${name} has no such method`));
    else if (this.#streaming) this.#waiting.push({ call, method });
    else this.#start(call, method);
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
    if (this.#broken !== undefined) {
      call.throws(this.#broken);
      return;
    }
    const object = methodsOf(this.#server);
    const body = object[method.name];
    if (typeof body !== "function") {
      const message = `${method.interfaceName}.${method.name} is not implemented here`;
      call.throws(RpcError.unimplemented(message));
      return;
    }
    this.#streaming = method.streaming;
    const serverCall = new ServerCall(call, method, this.#host);
    serverCall.run(object, body as MethodBody, method.streaming ? this.#streamed : undefined);
  }

  readonly #streamed = (error: RpcError | undefined): void => {
    this.#streaming = false;
    this.#broken = error;
    this.#startWaiting();
  };

  /** Up to and including the next streaming call, which goes on from here when it ends. */
  #startWaiting(): void {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (!next.call.canceled) this.#start(next.call, next.method);
      if (this.#streaming) return;
    }
  }
}
