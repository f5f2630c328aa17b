import { describe, expect, it } from "vitest";
import { AuthContext, Revoker } from "../../src/base/index.ts";
import {
  type AskedCall,
  type CallContext,
  type CallObserver,
  type Host,
  minted,
  type MintOptions,
  type ObservedCall,
  onBroken,
  refusalReason,
} from "../../src/capnp/index.ts";
import { type RpcError } from "../../src/rpc/index.ts";
import { Door, Session } from "../support/door.capnp.ts";
import { BEGIN, peerNamed, SimulatedHost } from "../support/simulated-host.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";

const ADA = AuthContext.of({ domain: "test", principal: "ada" });
const HOUR_MS = 3_600_000;

/** A session whose methods say what they are told of their callers. */
class Told extends Session.Server {
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
function story(terms: MintOptions<Session.Client> = {}, observer?: CallObserver) {
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

function mintedBy(host: Host, terms: MintOptions<Session.Client>): Session.Client {
  return minted(Session, new Told([]), { ...terms, auth: terms.auth ?? ADA }, host);
}

/** Of each call that was served: what it was, whose reference, who called, and how it ended. */
function endsOfCalls() {
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

function isBroken(session: Session.Client): boolean {
  let broken = false;
  onBroken(session, () => (broken = true));
  return broken;
}

describe("a minted reference", () => {
  it("is called with the authority it was minted with, by the peer who calls", async () => {
    const expiresAt = new Date(BEGIN + HOUR_MS);
    const { door, settled } = story({ auth: ADA, label: "ada's session", expiresAt });
    const { who } = await settled(door.authenticate({}).session.whoami());
    expect(who.toObject()).toEqual({
      principal: "ada",
      domain: "test",
      peer: "client",
      label: "ada's session",
      deadline: "2026-01-01T01:00:00.000Z",
    });
  });

  it("has the authority of the minting call when none is named", async () => {
    const { door, settled } = story();
    const { who } = await settled(door.authenticate({}).session.whoami());
    expect(who.toObject()).toEqual({
      principal: peerNamed("client").id,
      domain: "shs",
      peer: "client",
      label: "door.capnp:Session",
      deadline: "",
    });
  });

  it("keeps its authority when it is passed on; who passes it on is the peer", async () => {
    const { network, client, reader, door, settled } = story({ auth: ADA });
    const friend = network.vat("friend");
    network.connect(client, friend);
    new SimulatedHost(friend).offers(new Told([]));
    const { session } = await settled(door.authenticate({}));
    const { who } = await settled(reader.bootstrap(Session, friend).visit({ guest: session }));
    expect(who.principal).toBe("ada");
    expect(who.peer).toBe("client");
  });

  it("gives its authority to nothing that is reached through it, unless it is a membrane", async () => {
    for (const [membrane, domain] of [
      [false, "shs"],
      [true, "test"],
    ] as const) {
      const { door, settled } = story({ auth: ADA, membrane });
      const { who } = await settled(door.authenticate({}).session.room({}).room.whoami());
      expect(who.domain).toBe(domain);
    }
  });

  it("is another capability each time it is minted, shown by its label", async () => {
    const { door, server, settled } = story({ label: "a session" });
    const first = await settled(door.authenticate({}));
    const second = await settled(door.authenticate({}));
    const labels = server
      .connection()
      .dump()
      .exports.map(({ label }) => label);
    expect(labels).toEqual(["door.capnp:Door", "a session", "a session"]);
    first[Symbol.dispose]();
    second[Symbol.dispose]();
  });

  it("goes with its last reference: the object is told, and no timer is left", async () => {
    const { door, desk, log, settle, settled } = story({ expiresAt: new Date(BEGIN + HOUR_MS) });
    const results = await settled(door.authenticate({}));
    expect(desk.clock.pending).toBe(1);
    results[Symbol.dispose]();
    await settle();
    expect(log).toEqual(["dropped"]);
    expect(desk.clock.pending).toBe(0);
    expect(desk.host.mints.size).toBe(0);
  });

  it("goes with the connection", async () => {
    const revoker = new Revoker();
    const { door, client, server, log, settled } = story({ revokedBy: revoker });
    await settled(door.authenticate({}));
    expect(revoker.held).toBe(1);
    server.loses(client);
    expect(log).toEqual(["dropped"]);
    expect(revoker.held).toBe(0);
  });

  it("leaves nothing behind when nobody wanted it", async () => {
    const { network, door, log, settle } = story({ auth: ADA });
    const call = door.authenticate({});
    network.settle();
    call[Symbol.dispose]();
    door[Symbol.dispose]();
    await settle();
    expect(log).toEqual(["dropped"]);
    network.expectEverythingReleased();
  });

  it("does not take a date that is none for an endless session", async () => {
    const { door, desk, failure } = story({ expiresAt: new Date("tomorrow") });
    expect(await failure(door.authenticate({}))).toMatchObject({ code: "FAILED" });
    expect(desk.failures).toMatchObject([{ message: "expiresAt is not a date" }]);
  });
});

describe("a minted reference that allows less", () => {
  it("lets through what is named, with the authority it was minted with", async () => {
    const { door, log, settled, failure } = story({ auth: ADA, allow: ["whoami"] });
    const { session } = await settled(door.authenticate({}));
    expect((await settled(session.whoami())).who.principal).toBe("ada");
    const refused = await failure(session.hold());
    expect(refused).toMatchObject({ code: "PERMISSION_DENIED" });
    expect(refusalReason(refused)).toBe("insufficient_scope");
    expect(log).toEqual([]);
  });

  it("tells observers of what it refuses: whose reference it was, and who called", async () => {
    const { ends, observer } = endsOfCalls();
    const terms: MintOptions<Session.Client> = { auth: ADA, label: "hers", allow: [] };
    const { door, settled, failure } = story(terms, observer);
    const { session } = await settled(door.authenticate({}));
    await failure(session.hold());
    expect(ends.at(-1)).toEqual(["hold", "hers", "ada", "client", "PERMISSION_DENIED"]);
  });

  it("asks a function about all that is reached through it, when it is a membrane", async () => {
    const allow = ({ method }: AskedCall) => method === "room";
    const { door, settled, failure } = story({ auth: ADA, allow, membrane: true });
    const { room } = await settled(door.authenticate({}).session.room({}));
    expect(refusalReason(await failure(room.whoami()))).toBe("insufficient_scope");
  });

  it("that has expired says so, whatever it allows", async () => {
    const terms: MintOptions<Session.Client> = { expiresAt: new Date(BEGIN), allow: [] };
    const { door, failure } = story(terms);
    const call = door.authenticate({}).session.whoami();
    expect(await failure(call)).toMatchObject({ code: "EXPIRED" });
  });

  it("is not minted for a method that does not exist", () => {
    const { host } = new SimulatedHost(new SimulatedNetwork().vat("server"));
    const allow = ["whoim"] as unknown as ["whoami"];
    expect(() => mintedBy(host, { allow })).toThrow("door.capnp:Session has no method whoim");
  });
});

describe("a minted reference that has ended", () => {
  it("tells observers of every call that it fails, the later ones too", async () => {
    const { ends, observer } = endsOfCalls();
    const revoker = new Revoker();
    const terms = { auth: ADA, label: "hers", revokedBy: revoker };
    const { door, settled, failure } = story(terms, observer);
    const { session } = await settled(door.authenticate({}));
    revoker.revoke();
    ends.length = 0;
    for (let calls = 0; calls < 2; calls += 1) await failure(session.whoami());
    expect(ends).toEqual(Array(2).fill(["whoami", "hers", "ada", "client", "REVOKED"]));
  });

  it("does so when its time has come, whether the clock or a call has noticed", async () => {
    const { ends, observer } = endsOfCalls();
    const terms = { auth: ADA, label: "hers", expiresAt: new Date(BEGIN + HOUR_MS) };
    const { door, desk, settled, failure } = story(terms, observer);
    const { session } = await settled(door.authenticate({}));
    ends.length = 0;
    desk.calendar.setAheadMs = HOUR_MS;
    await failure(session.whoami());
    desk.clock.advance(HOUR_MS);
    await failure(session.whoami());
    expect(ends).toEqual(Array(2).fill(["whoami", "hers", "ada", "client", "EXPIRED"]));
  });

  it("tells them, and the method, why a call under way has come to its end", async () => {
    const { ends, observer } = endsOfCalls();
    const revoker = new Revoker();
    const { door, log, settle, settled, failure } = story(
      { auth: ADA, revokedBy: revoker },
      observer,
    );
    const { session } = await settled(door.authenticate({}));
    const held = failure(session.hold());
    await settle();
    revoker.revoke("you have moved away");
    await settle();
    expect(await held).toMatchObject({ message: "remote exception: you have moved away" });
    expect(log).toEqual(["held", "cancelled: REVOKED", "dropped"]);
    expect(ends.at(-1)).toEqual(["hold", "door.capnp:Session", "ada", "client", "REVOKED"]);
  });

  it("does so for what is pipelined on the call that was to return it", async () => {
    const { ends, observer } = endsOfCalls();
    const terms = { auth: ADA, label: "hers", revokedBy: AbortSignal.abort() };
    const { door, failure } = story(terms, observer);
    await failure(door.authenticate({}).session.whoami());
    expect(ends).toContainEqual(["whoami", "hers", "ada", "client", "REVOKED"]);
  });
});

describe("a minted reference that expires", () => {
  it("fails calls under way and later ones, and tells the method", async () => {
    const { door, desk, log, settle, settled, failure } = story({
      expiresAt: new Date(BEGIN + HOUR_MS),
    });
    const { session } = await settled(door.authenticate({}));
    const held = failure(session.hold());
    await settle();
    desk.clock.advance(HOUR_MS - 1);
    await settle();
    expect(log).toEqual(["held"]);
    desk.clock.advance(1);
    await settle();
    expect(await held).toMatchObject({ kind: "disconnected" });
    expect(log).toEqual(["held", "cancelled: EXPIRED", "dropped"]);
    expect(await failure(session.whoami())).toMatchObject({
      kind: "disconnected",
      message: "remote exception: this reference expired",
    });
  });

  it("expires with its authority when it has no end of its own", async () => {
    const auth = AuthContext.of({
      domain: "test",
      principal: "ada",
      expiresAt: new Date(BEGIN + 1),
    });
    const { door, desk, settled, failure } = story({ auth });
    const { session } = await settled(door.authenticate({}));
    desk.clock.advance(1);
    expect(await failure(session.whoami())).toMatchObject({ kind: "disconnected" });
  });

  it("does so when the calendar is set past its time, before any timer fires", async () => {
    const network = new SimulatedNetwork();
    const { host, calendar } = new SimulatedHost(network.vat("server"));
    const session = mintedBy(host, { expiresAt: new Date(BEGIN + HOUR_MS) });
    calendar.setAheadMs = HOUR_MS;
    expect(await Promise.resolve(session.whoami()).catch((error: unknown) => error)).toMatchObject({
      code: "EXPIRED",
      executed: "no",
    });
  });

  it("does not do so early when the calendar is set back", () => {
    const network = new SimulatedNetwork();
    const { host, calendar, clock } = new SimulatedHost(network.vat("server"));
    const session = mintedBy(host, { expiresAt: new Date(BEGIN + 1000) });
    calendar.setAheadMs = -1000;
    clock.advance(1000);
    expect(isBroken(session)).toBe(false);
    clock.advance(1000);
    expect(isBroken(session)).toBe(true);
  });

  it("does not outlive the authority that it carries", () => {
    const network = new SimulatedNetwork();
    const { host, clock } = new SimulatedHost(network.vat("server"));
    const auth = AuthContext.of({
      domain: "test",
      principal: "ada",
      expiresAt: new Date(BEGIN + 1000),
    });
    const session = mintedBy(host, { auth, expiresAt: new Date(BEGIN + HOUR_MS) });
    clock.advance(999);
    expect(isBroken(session)).toBe(false);
    clock.advance(1);
    expect(isBroken(session)).toBe(true);
  });

  it("is born expired when its time is over", async () => {
    const { door, failure } = story({ expiresAt: new Date(BEGIN) });
    const call = door.authenticate({}).session.whoami();
    expect(await failure(call)).toMatchObject({ kind: "disconnected" });
  });

  it("takes with it what was reached through it, when it is a membrane, and else does not", async () => {
    for (const membrane of [true, false]) {
      const { door, desk, settled, failure } = story({
        expiresAt: new Date(BEGIN + 1),
        membrane,
      });
      const { room } = await settled(door.authenticate({}).session.room({}));
      desk.clock.advance(1);
      const outcome = await failure(room.whoami());
      if (membrane) expect(outcome).toMatchObject({ kind: "disconnected" });
      else expect(outcome).toBe("no error");
    }
  });

  it("stops its timer when the vat is closed", () => {
    const network = new SimulatedNetwork();
    const { host, clock } = new SimulatedHost(network.vat("server"));
    mintedBy(host, { expiresAt: new Date(BEGIN + HOUR_MS) });
    expect(clock.pending).toBe(1);
    host.close();
    expect(clock.pending).toBe(0);
  });
});

describe("a minted reference that is revoked", () => {
  it("fails calls under way and later ones with the reason", async () => {
    const revoker = new Revoker();
    const { door, log, settle, settled, failure } = story({ revokedBy: revoker });
    const { session } = await settled(door.authenticate({}));
    const held = failure(session.hold());
    await settle();
    revoker.revoke("the card was lost");
    await settle();
    expect(await held).toMatchObject({ message: "remote exception: the card was lost" });
    expect(log).toEqual(["held", "cancelled: REVOKED", "dropped"]);
    expect(await failure(session.whoami())).toMatchObject({ kind: "disconnected" });
  });

  it("can be revoked by a signal", async () => {
    const controller = new AbortController();
    const { door, settled, failure } = story({ revokedBy: controller.signal });
    const { session } = await settled(door.authenticate({}));
    controller.abort();
    expect(await failure(session.whoami())).toMatchObject({
      message: "remote exception: this reference was revoked",
    });
  });

  it("is revoked from the beginning when its revoker was used before", async () => {
    const revoker = new Revoker();
    revoker.revoke("you were banned");
    const { door, failure } = story({ revokedBy: revoker });
    expect(await failure(door.authenticate({}).session.whoami())).toMatchObject({
      message: "remote exception: you were banned",
    });
    const late = story({ revokedBy: AbortSignal.abort() });
    expect(await late.failure(late.door.authenticate({}).session.whoami())).toMatchObject({
      message: "remote exception: this reference was revoked",
    });
  });

  it("says so with a code of its own to those who hold it here", async () => {
    const network = new SimulatedNetwork();
    const { host } = new SimulatedHost(network.vat("server"));
    const revoker = new Revoker();
    const session = mintedBy(host, { revokedBy: revoker });
    revoker.revoke();
    const outcome = Promise.resolve(session.whoami()).catch((error: unknown) => error);
    expect(await outcome).toMatchObject({ code: "REVOKED", executed: "no" });
  });
});

describe("authenticate", () => {
  it("and a call on the session cost one round trip", async () => {
    const { client, server, door } = story({ auth: ADA });
    const call = door.authenticate({ credential: "ada" }).session.whoami();
    for (const line of ["bootstrap", "call the root", "call the root"]) server.receives(line);
    const answers = client.expected();
    expect(answers.filter((line) => line.startsWith("return"))).toHaveLength(3);
    for (const line of answers) client.receives(line);
    expect((await call).who.principal).toBe("ada");
  });
});
