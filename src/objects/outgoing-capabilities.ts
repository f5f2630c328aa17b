import {
  BrokenHook,
  type Hook,
  NO_CAPS,
  PromiseHook,
  RpcError,
  type TurnQueue,
} from "../rpc/index.ts";
import {
  type CapabilitySink,
  type CapabilitySource,
  type Cap,
  type Client,
  type InterfaceType,
  type Servable,
  ValueError,
} from "../capnp/index.ts";
import { clientOfHook, isClient, referenceOf } from "./client.ts";
import { Host } from "./host.ts";
import { isServer } from "./server.ts";

/** The capability table of a message being built. It owns its hooks until the message is sent. */
export class OutgoingCapabilities implements CapabilitySink {
  readonly #turns: TurnQueue;
  /** Most messages have none. */
  #hooks: Hook[] | undefined;

  constructor(turns: TurnQueue) {
    this.#turns = turns;
  }

  add(value: Cap<Client, Servable>, _type: InterfaceType): number | undefined {
    const hook = hookOf(value, this.#turns);
    return hook === undefined ? undefined : this.#push(hook);
  }

  clientAt(index: number, type: InterfaceType): Client {
    const hook = this.#hooks?.[index];
    return hook === undefined ? type.nullClient : clientOfHook(type, hook.retain());
  }

  adopt(source: CapabilitySource, index: number): number | undefined {
    const hook = source.hookAt(index, this.#turns);
    return hook === undefined ? undefined : this.#push(hook);
  }

  hookAt(index: number): Hook | undefined {
    return this.#hooks?.[index]?.retain();
  }

  /** Hands the hooks over to whoever sends the message. */
  take(): readonly Hook[] {
    return this.#hooks ?? NO_CAPS;
  }

  /** Gives everything back: the message will not be sent. */
  dispose(): void {
    if (this.#hooks === undefined) return;
    for (const hook of this.#hooks.splice(0)) hook.release();
  }

  #push(hook: Hook): number {
    return (this.#hooks ??= []).push(hook) - 1;
  }
}

/** A reference to what the value stands for; `undefined` for the null capability. */
export function hookOf(value: Cap<Client, Servable>, turns: TurnQueue): Hook | undefined {
  if (isClient(value)) return referenceOf(value).hook?.retain();
  if (isServer(value)) return Host.of(turns).hookOf(value);
  if (isPromise(value)) return hookOfPromise(value, turns);
  throw notCapability(value);
}

/** Throws what `hookOf` would for what is no capability, and takes no references. */
export const CHECKED_ONLY: CapabilitySink = {
  add: (value) => {
    if (!isClient(value) && !isServer(value) && !isPromise(value)) throw notCapability(value);
    return undefined;
  },
  adopt: () => undefined,
  clientAt: (_, type) => type.nullClient,
  hookAt: () => undefined,
  dispose: () => {},
};

const notCapability = (value: unknown): ValueError =>
  new ValueError("a client, a server object, or a promise of one", value);

/** A promised capability is a capability at once: calls wait in it, in order. */
function hookOfPromise(promise: PromiseLike<unknown>, turns: TurnQueue): Hook {
  const hook = new PromiseHook(turns);
  const settle = hook.retain();
  const broken = (error: unknown) => {
    settle.break(Host.of(turns).forTheCaller(error, PROMISED));
    settle.release();
  };
  promise.then((value) => {
    try {
      const resolution = hookOf(value as Cap<Client, Servable>, turns); // which checks it
      settle.resolve(resolution ?? new BrokenHook(turns, nullResolution()));
      settle.release();
    } catch (error) {
      broken(error);
    }
  }, broken);
  return hook;
}

const PROMISED = { interface: "a promised capability", method: "then" };

function nullResolution(): RpcError {
  return RpcError.failed("a promised capability turned out to be null");
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { then?: unknown }).then === "function" // any thenable will do
  );
}
