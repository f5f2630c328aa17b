import { AuthContext } from "../../src/base/index.ts";
import {
  type CallContext,
  type CallObserver,
  type Host,
  minted,
  type MintOptions,
  type ObservedCall,
  onBroken,
} from "../../src/objects/index.ts";
import { type RpcError } from "../../src/rpc/index.ts";
import { Door, Session } from "../support/door.capnp.ts";
import { peerNamed, SimulatedHost } from "../support/simulated-host.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";

export const ADA = AuthContext.of({ domain: "test", principal: "ada" });

export const HOUR_MS = 3_600_000;

/** A session whose methods say what they are told of their callers. */
export class Told extends Session.Server {
  readonly log: string[];

  constructor(log: string[]) {
    super();
    this.log = log;
  }

  override whoami(_: Session.Whoami.Params, call: CallContext) {
    const { auth, peer, label, deadline } = call;
    return {
      who: {
        principal: auth.principal ?? "",
        domain: auth.domain ?? "",
        peer: peer.address,
        label,
        deadline: deadline?.toISOString() ?? "",
      },
    };
  }

  override room() {
    return { room: new Told(this.log) };
  }

  override hold(_: Session.Hold.Params, call: CallContext) {
    this.log.push("held");
    call.signal.addEventListener("abort", () => {
      const { code } = call.signal.reason as RpcError;
      this.log.push(code === "CANCELED" ? "cancelled" : `cancelled: ${code}`);
    });
    return new Promise<never>(() => {});
  }

  override async visit({ guest }: Session.Visit.Params) {
    const { who } = await guest.whoami();
    return { who: who.toObject() };
  }

  [Symbol.dispose](): void {
    this.log.push("dropped");
  }
}

/** A door that mints a session on these terms for whoever asks. */
export function story(terms: MintOptions<Session.Client> = {}, observer?: CallObserver) {
  const network = new SimulatedNetwork();
  const [client, server] = [network.vat("client"), network.vat("server")];
  const peer = peerNamed("client");
  network.connect(client, server, {}, { caller: { peer, auth: AuthContext.ofPeer(peer) } });
  const [reader, desk] = [new SimulatedHost(client), new SimulatedHost(server, observer)];
  const log: string[] = [];
  const serve = (call: CallContext) => call.mint(Session, new Told(log), terms);
  desk.offers(Door.serve({ authenticate: (_, call) => ({ session: serve(call) }) }));
  const door = reader.bootstrap(Door);

  /** Delivers what is under way, as often as it takes for promises to have been told. */
  const settle = async () => {
    for (let round = 0; round < 5; round++) {
      network.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const settled = async <R>(call: PromiseLike<R>): Promise<R> => {
    const [result] = await Promise.all([call, settle()]);
    return result;
  };
  const failureOf = async (call: PromiseLike<unknown>): Promise<unknown> => {
    const error = Promise.resolve(call).then(
      () => "no error",
      (error: unknown) => error,
    );
    await settle();
    return error;
  };
  return { network, client, server, reader, desk, door, log, settle, settled, failure: failureOf };
}

export function mintedBy(host: Host, terms: MintOptions<Session.Client>): Session.Client {
  return minted(Session, new Told([]), { ...terms, auth: terms.auth ?? ADA }, host);
}

/** Of each call that was served: what it was, whose reference, who called, and how it ended. */
export function endsOfCalls() {
  const ends: unknown[] = [];
  const observer: CallObserver = {
    start: (call) => call,
    end(call, error) {
      const { method, label, auth, peer } = call as ObservedCall;
      ends.push([method, label, auth?.principal, peer?.address, error?.code]);
    },
  };
  return { ends, observer };
}

export function isBroken(session: Session.Client): boolean {
  let broken = false;
  onBroken(session, () => (broken = true));
  return broken;
}
