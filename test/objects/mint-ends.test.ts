import { describe, expect, it } from "vitest";
import { AuthContext, Revoker } from "../../src/base/index.ts";
import { BEGIN, SimulatedHost } from "../support/simulated-host.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";
import { ADA, endsOfCalls, HOUR_MS, isBroken, mintedBy, story } from "./minting.ts";

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
