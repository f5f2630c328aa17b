import { describe, expect, it } from "vitest";
import { RpcError } from "../../src/rpc/index.ts";
import {
  attenuate,
  type AskedCall,
  type AttenuateOptions,
  type CallContext,
  cast,
  clientOfHook,
  hookOf,
  isSame,
  refusalReason,
} from "../../src/objects/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { Door, Session } from "../support/door.capnp.ts";
import { SimulatedHost } from "../support/simulated-host.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";

/** Rooms within rooms; what is asked is written down. */
class Rooms extends Session.Server {
  readonly log: string[];

  constructor(log: string[]) {
    super();
    this.log = log;
  }

  override whoami(_: Session.Whoami.Params, { label }: CallContext) {
    this.log.push("whoami");
    return { who: { label } };
  }

  override room() {
    this.log.push("room");
    return { room: new Rooms(this.log) };
  }

  override async visit({ guest }: Session.Visit.Params) {
    const { who } = await guest.whoami();
    return { who: who.toObject() };
  }

  [Symbol.dispose](): void {
    this.log.push("dropped");
  }
}

/** A door that hands its one session out, attenuated; `asked` from afar. */
function story(options: AttenuateOptions<Session.Client>) {
  const network = new SimulatedNetwork();
  const [client, server] = [network.vat("client"), network.vat("server")];
  network.connect(client, server);
  const [reader, desk] = [new SimulatedHost(client), new SimulatedHost(server)];
  const log: string[] = [];
  const whole = clientOfHook(Session, hookOf(new Rooms(log), desk.host.turns)!);
  const less = attenuate(whole, options);
  desk.offers(Door.serve({ authenticate: () => ({ session: less }) }));
  const door = reader.bootstrap(Door);
  const call = door.authenticate({});
  const { session } = call;
  const outcomeOf = async (call: PromiseLike<unknown>): Promise<unknown> => {
    const outcome = Promise.resolve(call).then(
      () => "let through",
      (error: unknown) => refusalReason(error) ?? (error instanceof RpcError ? error.code : error),
    );
    for (let round = 0; round < 5; round++) {
      network.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return outcome;
  };
  return { network, server, whole, less, door, call, session, log, outcomeOf };
}

describe("an attenuated capability", () => {
  it("lets the methods through that are named, and refuses the others before they arrive", async () => {
    const { session, log, outcomeOf } = story({ allow: ["whoami"] });
    expect(await outcomeOf(session.whoami())).toBe("let through");
    expect(await outcomeOf(session.room({}))).toBe("insufficient_scope");
    expect(await outcomeOf(session.hold())).toBe("insufficient_scope");
    expect(log).toEqual(["whoami"]);
  });

  it("refuses what it refuses as not executed, and says so to peers", async () => {
    const { whole } = story({ allow: [] });
    const call = attenuate(whole, { allow: [] }).whoami();
    const error = await Promise.resolve(call).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "PERMISSION_DENIED", executed: "no" });
  });

  it("does not take a method of another interface for one of the same number", async () => {
    const { session, outcomeOf } = story({ allow: ["whoami", "room", "hold", "visit"] });
    expect(await outcomeOf(cast(session, Counter).add({}))).toBe("insufficient_scope");
  });

  it("leaves what is reached through it alone, unless it is a membrane", async () => {
    const shallow = story({ allow: ["room"] });
    const { room } = shallow.session.room({});
    expect(await shallow.outcomeOf(room.whoami())).toBe("let through");

    const deep = story({ allow: ({ method }) => method === "room", membrane: true });
    const inner = deep.session.room({}).room.room({}).room;
    expect(await deep.outcomeOf(inner.whoami())).toBe("insufficient_scope");
    expect(await deep.outcomeOf(inner.room({}))).toBe("let through");
    expect(deep.log).not.toContain("whoami");
  });

  it("lets guests be called back that came in through it", async () => {
    const { session, door, outcomeOf } = story({
      allow: ({ method }) => method === "visit",
      membrane: true,
    });
    const guest = Session.serve({ whoami: () => ({ who: {} }) });
    expect(await outcomeOf(session.visit({ guest }))).toBe("let through");
    expect(await outcomeOf(door.authenticate({}).session.whoami())).toBe("insufficient_scope");
  });

  it("asks a function about each call, in the schema's words", async () => {
    const asked: AskedCall[] = [];
    const allow = (call: AskedCall) => asked.push(call) > 0;
    const { session, outcomeOf } = story({ allow });
    await outcomeOf(session.whoami());
    expect(asked).toEqual([{ interface: "door.capnp:Session", method: "whoami" }]);
  });

  it("refuses when the function throws, or answers with anything but true", async () => {
    const broken = () => {
      throw new Error("the policy's database is gone");
    };
    const promise = (() => Promise.resolve(true)) as unknown as () => boolean;
    for (const allow of [broken, promise, () => false]) {
      const { session, log, outcomeOf } = story({ allow });
      expect(await outcomeOf(session.whoami())).toBe("insufficient_scope");
      expect(log).toEqual([]);
    }
  });

  it("can only get less by being attenuated again", async () => {
    const { whole, outcomeOf } = story({ allow: [] });
    const less = attenuate(attenuate(whole, { allow: ["whoami"] }), { allow: ["whoami", "room"] });
    expect(await outcomeOf(less.room({}))).toBe("insufficient_scope");
    expect(await outcomeOf(less.whoami())).toBe("let through");
  });

  it("is another capability than the whole, with its own label in dumps", async () => {
    const { session, whole, server, outcomeOf } = story({
      allow: ["whoami"],
      label: "less",
    });
    const less = attenuate(whole, { allow: ["whoami"] });
    expect(isSame(less, whole)).toBe(false);
    await outcomeOf(session.whoami());
    const labels = server
      .connection()
      .dump()
      .exports.map(({ label }) => label);
    expect(labels).toContain("less");
  });

  it("goes with its last reference, and the whole stays", async () => {
    const { network, whole, less, door, call, session, log, outcomeOf } = story({
      allow: ["whoami"],
    });
    await outcomeOf(session.whoami());
    for (const held of [session, call, door, less]) held[Symbol.dispose]();
    await outcomeOf(Promise.resolve());
    expect(log).toEqual(["whoami"]);
    whole[Symbol.dispose]();
    await outcomeOf(Promise.resolve());
    expect(log).toEqual(["whoami", "dropped"]);
    network.expectEverythingReleased();
  });

  it("is not made for a method that does not exist, or with names for other interfaces", () => {
    const { whole } = story({ allow: [] });
    const typo = ["whoim"] as unknown as "whoami"[];
    expect(() => attenuate(whole, { allow: typo })).toThrow(
      "door.capnp:Session has no method whoim",
    );
    expect(() => attenuate(whole, { allow: ["room"], membrane: true })).toThrow(TypeError);
  });
});
