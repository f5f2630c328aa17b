import { describe, expect, it } from "vitest";
import { Revoker } from "../../src/base/index.ts";
import { type AskedCall, type MintOptions, refusalReason } from "../../src/objects/index.ts";
import { Session } from "../support/door.capnp.ts";
import { BEGIN, peerNamed, SimulatedHost } from "../support/simulated-host.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";
import { ADA, endsOfCalls, HOUR_MS, Told, story, mintedBy } from "./minting.ts";

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

  it("is another capability each time it is shown by its label", async () => {
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
