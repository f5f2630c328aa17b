import { RpcError } from "handfast";
import { type CallContext, dup } from "handfast/capnp";
import { Counter, type Watcher } from "../support/counter.capnp.ts";

/** A counter that shows all that a server object can do. */
export class TestCounter extends Counter.Server {
  total: number;
  readonly log: string[];
  watcher: Watcher.Client | undefined;

  constructor(total = 0, log: string[] = []) {
    super();
    this.total = total;
    this.log = log;
  }

  override add({ amount }: Counter.Add.Params) {
    this.total += amount;
    this.log.push(`add ${amount}`);
    void this.watcher?.changed({ total: this.total });
    return { total: this.total };
  }

  override child({ start }: Counter.Child.Params): Counter.Child.Returns {
    return { counter: new TestCounter(start, this.log) };
  }

  override same({ counter }: Counter.Same.Params) {
    return { counter };
  }

  override hold(_: Counter.Hold.Params, call: CallContext) {
    this.log.push("held");
    return new Promise<never>((_resolve, reject) => {
      call.signal.addEventListener("abort", () => {
        this.log.push("cancelled");
        reject(RpcError.failed("nobody hears this"));
      });
    });
  }

  override fail({ how }: Counter.Fail.Params): never {
    if (how === "rpc") throw RpcError.overloaded("too busy counting");
    throw new Error(`a secret: ${how}`);
  }

  override watch({ watcher }: Counter.Watch.Params) {
    this.watcher = dup(watcher);
    return {};
  }

  override unlock({ secret }: Counter.Unlock.Params) {
    this.log.push(`unlock ${secret}`);
    return { total: this.total };
  }

  override whoami(_: Counter.Whoami.Params, { peer, auth, method }: CallContext) {
    const { id = "", transport } = peer;
    return { peer: id, principal: auth.principal ?? "", transport, method };
  }

  override through(
    { counter, amount, how }: Counter.Through.Params,
    call: CallContext,
  ): Counter.Through.Returns {
    return how === "tail" ? call.tailCall(counter, "add", { amount }) : counter.add({ amount });
  }

  override async write({ chunk }: Counter.Write.Params) {
    this.log.push(`write ${chunk.length}`);
    await Promise.resolve();
    if (chunk.length === 13) throw RpcError.failed("an unlucky chunk");
    this.log.push(`wrote ${chunk.length}`);
    return {};
  }

  [Symbol.dispose](): void {
    this.log.push(`dropped ${this.total}`);
    this.watcher?.[Symbol.dispose]();
  }
}
