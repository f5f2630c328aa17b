import {
  type CallContext,
  dup,
  Identity,
  RpcError,
  type Suite,
  Vat,
  type VatLimitOptions,
  type VatOptions,
} from "handfast";
import { Bench } from "../bench.capnp.ts";
import { type Address, HOST } from "./address.ts";
import { type RpcClient, type RpcPeer } from "./rpc-peer.ts";

/** How many references are asked for in one call, below the limit of capabilities in a message. */
const REFERENCES_A_CALL = 4000;

/** Beyond the defaults: the suites hold a million references, and ten thousand connections. */
const LIMITS: VatLimitOptions = {
  rpc: { maxExports: 2_000_000, maxImports: 2_000_000 },
  net: { maxConnections: 20_000 },
};

/** Over one of the record suites, or over plain TCP. */
export function handfastRpc(
  road: Suite | "tcp",
  options: Partial<VatOptions> = {},
): RpcPeer & { connect(address: Address): Promise<HandfastClient> } {
  return {
    async serve() {
      const bootstrap = () => new BenchObject();
      const vat = await openVat({ bootstrap, anonymousBootstrap: bootstrap, ...options });
      const { address } = await (road === "tcp"
        ? vat.listen(`insecure://${HOST}:0`)
        : vat.listen(`tcp://${HOST}:0`, { suites: [road] }));
      return { port: Number(PORT.exec(address)?.[1]), rest: address };
    },
    async connect({ port, rest }) {
      const vat = await openVat();
      const connection = vat.connect(rest.replace(PORT, `:${port}`));
      await connection.ready;
      return new HandfastClient(vat, connection.bootstrap(Bench));
    },
  };
}

/** Of an address; its host is an IPv4 address. */
const PORT = /:(\d+)(?=$|[/?])/;

async function openVat(options: Partial<VatOptions> = {}): Promise<Vat> {
  const identity = await Identity.generate();
  return await Vat.open({
    identity,
    network: "bench",
    admit: "anyone",
    limits: LIMITS,
    ...options,
  });
}

export class BenchObject extends Bench.Server {
  #writtenBytes = 0;

  override echo({ payload }: Bench.Echo.Params, _call?: CallContext): Bench.Echo.Returns {
    return { payload };
  }

  override fail(): never {
    throw RpcError.failed("on purpose");
  }

  override next() {
    return { next: new BenchObject() };
  }

  override take() {
    return {};
  }

  override give({ bytes }: Bench.Give.Params) {
    return { payload: new Uint8Array(bytes) };
  }

  override write({ chunk }: Bench.Write.Params) {
    this.#writtenBytes += chunk.length;
    return {};
  }

  override written() {
    const bytes = BigInt(this.#writtenBytes);
    this.#writtenBytes = 0;
    return { bytes };
  }

  override pass() {
    return {};
  }

  override async callBack({ other }: Bench.CallBack.Params) {
    await other.echo({});
    return {};
  }

  override many({ count }: Bench.Many.Params) {
    return { others: Array.from({ length: count }, () => new BenchObject()) };
  }
}

export class HandfastClient implements RpcClient {
  readonly #vat: Vat;
  readonly #root: Bench.Client;
  readonly #ours = new BenchObject();
  readonly #held: unknown[] = [];

  constructor(vat: Vat, root: Bench.Client) {
    this.#vat = vat;
    this.#root = root;
  }

  echo(payload: Uint8Array) {
    return this.#root.echo({ payload });
  }

  fail() {
    return this.#root.fail({});
  }

  async chain(links: number, pipelined: boolean) {
    const held: Bench.Client[] = [];
    let last = this.#root;
    for (let link = 1; link < links; link += 1) {
      const call = last.next({});
      last = pipelined ? call.next : dup((await call).next);
      held.push(last);
    }
    await last.echo({});
    for (const client of held) client[Symbol.dispose]();
  }

  take(payload: Uint8Array) {
    return this.#root.take({ payload });
  }

  give(bytes: number) {
    return this.#root.give({ bytes });
  }

  async stream(chunk: Uint8Array, goOn: () => boolean) {
    while (goOn()) await this.#root.write({ chunk });
    const { bytes } = await this.#root.written({});
    return Number(bytes);
  }

  pass() {
    return this.#root.pass({ other: this.#ours });
  }

  callBack() {
    return this.#root.callBack({ other: this.#ours });
  }

  async getAndRelease() {
    const results = await this.#root.next({});
    results[Symbol.dispose]();
  }

  async hold(count: number) {
    for (let left = count; left > 0; left -= REFERENCES_A_CALL) {
      const results = await this.#root.many({ count: Math.min(left, REFERENCES_A_CALL) });
      this.#held.push(...results.others);
    }
  }

  close() {
    return this.#vat.close();
  }
}
