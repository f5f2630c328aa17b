import { describe, expect, it } from "vitest";
import { AuthContext, type CallContext, type ConnectOptions } from "handfast";
import { Door, Session } from "../support/door.capnp.ts";
import { countFlights, type Flights } from "./flights.ts";
import { LOOPBACK, openVat } from "./support.ts";

const EARLY: ConnectOptions = { earlyData: true, earlyCredentials: true };

/** A door that believes what it is told. */
class Trusting extends Door.Server {
  override authenticate({ credential: principal }: Door.Authenticate.Params, call: CallContext) {
    const session = Session.serve({
      whoami: (_, { auth }) => ({ who: { principal: auth.principal ?? "" } }),
    });
    const auth = AuthContext.of({ domain: "test", principal });
    return { session: call.mint(Session, session, { auth }) };
  }
}

/** The way to a door of its own, which counts who spoke how often. */
async function wayToADoor(): Promise<Flights> {
  const server = await openVat({ admit: "anyone", bootstrap: () => new Trusting() });
  const { address } = await server.listen(LOOPBACK);
  return countFlights(address);
}

/** Dials, authenticates and asks who that makes us: all at once, nothing awaited but the answer. */
async function whoami({ address }: Flights, options?: ConnectOptions): Promise<string> {
  const door = (await openVat()).connect(address, options).bootstrap(Door);
  const { who } = await door.authenticate({ credential: "ada" }).session.whoami();
  return who.principal;
}

describe("authenticate and a call on the session", () => {
  it("cost one round trip on a connection that is there", async () => {
    const flights = await wayToADoor();
    const connection = (await openVat()).connect(flights.address);
    await connection.ready;
    const before = flights.spoken;
    const door = connection.bootstrap(Door);
    await door.authenticate({ credential: "ada" }).session.whoami();
    expect(before.endsWith("<")).toBe(true);
    expect(flights.spoken.slice(before.length, before.length + 2)).toBe("><");
    expect(flights.spoken.length - before.length).toBeLessThanOrEqual(3); // Finish
  });

  it("bring the first answer three round trips after TCP connect", async () => {
    const flights = await wayToADoor();
    expect(await whoami(flights)).toBe("ada");
    expect(flights.spoken.slice(0, 6)).toBe("><><><");
  });

  it("with early data wait for the server's proof all the same", async () => {
    const flights = await wayToADoor();
    expect(await whoami(flights, { earlyData: true })).toBe("ada");
    expect(flights.spoken.slice(0, 6)).toBe("><><><");
  });

  it("with early data and early credentials bring it two round trips after", async () => {
    const flights = await wayToADoor();
    expect(await whoami(flights, EARLY)).toBe("ada");
    expect(flights.spoken.slice(0, 4)).toBe("><><");
    expect(flights.spoken.length).toBeLessThanOrEqual(5); // Finish
  });

  it("are measured so where every flight takes time", async ({ annotate }) => {
    const flightMs = 50;
    const finished: string[] = [];
    const measured = async (name: string, options?: ConnectOptions) => {
      const flights = await wayToADoor();
      flights.delay(flightMs);
      const beganMs = performance.now();
      await whoami(flights, options);
      const trips = (performance.now() - beganMs) / (2 * flightMs);
      finished.push(name);
      await annotate(`${name}: ${trips.toFixed(2)} round trips`);
      return { trips, spoken: flights.spoken };
    };
    const [late, early] = await Promise.all([measured("late"), measured("early", EARLY)]);
    expect(late.spoken.slice(0, 6)).toBe("><><><");
    expect(early.spoken).toMatch(/^><><>?$/);
    // Never less than the flights there are; how much more is the machine's business.
    expect(early.trips).toBeGreaterThan(1.9);
    expect(late.trips).toBeGreaterThan(2.9);
    expect(finished).toEqual(["early", "late"]);
  });
});
