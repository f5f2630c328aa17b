import { describe, expect, it } from "vitest";
import { AuthContext } from "../../src/base/index.ts";
import { type CallObserver, clientOfHook, minted } from "../../src/objects/index.ts";
import { Lane } from "../../src/objects/lane.ts";
import { type IncomingCall, RpcError } from "../../src/rpc/index.ts";
import { Counter } from "../support/counter.capnp.ts";
import { peerNamed, SimulatedHost } from "../support/simulated-host.ts";
import { SimulatedNetwork } from "../support/simulated-network.ts";

/** Writes end when the test says so, but for empty chunks, which are written at once. */
class Slow extends Counter.Server {
  readonly log: string[] = [];
  readonly under: { done(): void; fail(): void }[] = [];

  override add({ amount }: Counter.Add.Params) {
    this.log.push(`add ${amount}`);
    return { total: amount };
  }

  override write({ chunk }: Counter.Write.Params) {
    this.log.push(`write ${chunk.length}`);
    if (chunk.length === 0) return {};
    return new Promise<object>((resolve, reject) => {
      this.under.push({
        done: () => resolve({}),
        fail: () => reject(RpcError.failed("an unlucky chunk")),
      });
    });
  }
}

const ADA = AuthContext.of({ domain: "test", principal: "ada" });
const bytes = (length: number) => ({ chunk: new Uint8Array(length) });

/** A server with a slow object, and two clients of it. */
function story(observer?: CallObserver) {
  const network = new SimulatedNetwork();
  const server = network.vat("server");
  const desk = new SimulatedHost(server, observer);
  const slow = new Slow();
  desk.offers(slow);
  const client = (name: string) => {
    const vat = network.vat(name);
    const peer = peerNamed(name);
    const limits = { streamWindowWords: 1_000_000 };
    network.connect(vat, server, { limits }, { caller: { peer, auth: AuthContext.ofPeer(peer) } });
    return { vat, root: new SimulatedHost(vat).bootstrap(Counter) };
  };
  const [ada, bob] = [client("ada"), client("bob")];
  const settle = async () => {
    for (let round = 0; round < 3; round++) {
      network.settle();
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const outcomeOf = async (call: PromiseLike<unknown>): Promise<unknown> => {
    const outcome = Promise.resolve(call).then(
      () => "done",
      (error: unknown) => (error instanceof RpcError ? error.message : error),
    );
    await settle();
    return outcome;
  };
  return { network, server, desk, slow, ada, bob, settle, outcomeOf };
}

describe("a streaming call", () => {
  it.each(["nobody", "an observer"])(
    "goes on with thousands that wait behind it, %s being told",
    async (whom) => {
      const observer: CallObserver = {
        start: () => {},
        end: () => {},
        run: (_, body) => {
          body();
        },
      };
      const { slow, ada, settle, outcomeOf } = story(whom === "nobody" ? undefined : observer);
      void ada.root.write(bytes(1));
      for (let written = 0; written < 1_500; written++) void ada.root.write(bytes(0));
      await settle();
      slow.under[0]!.done();
      expect(await outcomeOf(ada.root.add({ amount: 1 }))).toBe("done");
      expect(slow.log).toHaveLength(1_502);
    },
  );

  it("holds up nobody else's calls", async () => {
    const { slow, ada, bob, settle, outcomeOf } = story();
    void ada.root.write(bytes(1));
    void ada.root.add({ amount: 1 });
    await settle();
    expect(await outcomeOf(bob.root.add({ amount: 2 }))).toBe("done");
    void bob.root.write(bytes(2));
    await settle();
    expect(slow.log).toEqual(["write 1", "add 2", "write 2"]);
    slow.under[0]!.done();
    await settle();
    expect(slow.log.at(-1)).toBe("add 1");
  });

  it("that fails breaks nobody else's stream", async () => {
    const { slow, ada, bob, settle, outcomeOf } = story();
    void ada.root.write(bytes(1));
    await settle();
    slow.under[0]!.fail();
    await settle();
    expect(await outcomeOf(bob.root.write(bytes(0)))).toBe("done");
    expect(await outcomeOf(bob.root.add({ amount: 1 }))).toBe("done");
    expect(await outcomeOf(ada.root.add({ amount: 2 }))).toContain("an unlucky chunk");
    expect(await outcomeOf(bob.root.add({ amount: 3 }))).toBe("done");
  });

  it("that fails breaks the stream of the reference it went through", async () => {
    const { server, desk, slow, ada, settle, outcomeOf } = story();
    const mint = () => minted(Counter, slow, { auth: ADA }, desk.host);
    const [left, right] = [mint(), mint()];
    void left.write(bytes(1));
    await settle();
    slow.under[0]!.fail();
    await settle();
    expect(await outcomeOf(left.add({ amount: 1 }))).toContain("an unlucky chunk");
    expect(await outcomeOf(right.add({ amount: 2 }))).toBe("done");
    server.root = () => desk.host.hookOf(slow);
    expect(await outcomeOf(ada.root.add({ amount: 3 }))).toBe("done");
    expect(await outcomeOf(left.add({ amount: 4 }))).toContain("an unlucky chunk");
  });

  it("that its caller gave up breaks nothing, whatever its method does then", async () => {
    const { server, desk, slow, settle, outcomeOf } = story();
    const own = clientOfHook(Counter, desk.host.hookOf(slow));
    const call = own.write(bytes(1));
    server.turn();
    call[Symbol.dispose]();
    expect(await outcomeOf(call)).toContain("gave the call up");
    slow.under[0]!.fail();
    await settle();
    expect(await outcomeOf(own.add({ amount: 1 }))).toBe("done");
  });
});

it("a call that is given up while it waits behind a stream is over at once", () => {
  const lane = new Lane(peerNamed("ada"), undefined);
  const [running, waiting, last] = [new Arrived(), new Arrived(), new Arrived()];
  const started: Arrived[] = [];
  const over = lane.stream(running);
  for (const call of [waiting, last]) lane.wait(call, () => started.push(call));
  waiting.giveUp();
  expect(waiting.error?.code).toBe("CANCELED");
  over(undefined);
  expect(started).toEqual([last]);
  last.giveUp();
  expect(last.error, "is its method's to say").toBeUndefined();
});

it("a call that is over is so once: told again, it ends no other's turn", () => {
  const lane = new Lane(peerNamed("ada"), undefined);
  const over = lane.stream({ canceled: true });
  over(RpcError.failed("given up"));
  lane.stream({ canceled: false });
  over(RpcError.failed("and done at last"));
  expect(lane.streaming).toBe(true);
  expect(lane.broken).toBeUndefined();
});

/** A call, as far as its order is concerned. */
class Arrived implements Pick<IncomingCall, "canceled" | "onCanceled" | "throws"> {
  canceled = false;
  error: RpcError | undefined;
  giveUp = (): void => {};

  onCanceled(callback: () => void): void {
    this.giveUp = () => {
      this.canceled = true;
      callback();
    };
  }

  throws(error: RpcError): void {
    this.error = error;
  }
}
