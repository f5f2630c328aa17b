/** One side of one peer that speaks calls: `rpc-worker PEER serve|drive`. */
import { parseAddress, printAddress } from "../peers/address.ts";
import { rpcPeer } from "../peers/registry.ts";
import { type RpcClient, type RpcPeer } from "../peers/rpc-peer.ts";
import { driveBulk } from "./bulk.ts";
import { driveCalls, driveLatency, driveMixed } from "./calls.ts";
import { driveCapabilities } from "./capabilities.ts";
import { driveChain } from "./chain.ts";
import { cpuSeconds, memory } from "./meter.ts";
import { type Answer, say, takeOrders, word, type Words } from "./orders.ts";

const [name = "", role] = process.argv.slice(2);

async function main(): Promise<void> {
  let peer: RpcPeer;
  try {
    peer = await rpcPeer(name);
  } catch (error) {
    say(`missing ${String(error).split("\n")[0] ?? ""}`);
    return;
  }
  if (role === "serve") say(`listening ${printAddress(await peer.serve())}`);
  const driver = new Driver(peer);
  takeOrders((verb, words, rest) => driver.obey(verb, words, rest));
}

class Driver {
  readonly #peer: RpcPeer;
  #clients: RpcClient[] = [];

  constructor(peer: RpcPeer) {
    this.#peer = peer;
  }

  async obey(verb: string, words: Words, rest: string): Promise<Answer | undefined> {
    switch (verb) {
      case "connect":
        for (const client of this.#clients.splice(0)) await client.close();
        this.#clients.push(await this.#peer.connect(parseAddress(rest)));
        return {};
      case "more": {
        const address = parseAddress(rest.slice(rest.indexOf(" ") + 1));
        for (let left = word(words, "count"); left > 0; left -= 1) {
          this.#clients.push(await this.#peer.connect(address));
        }
        return {};
      }
      case "calls": {
        const order = { depth: word(words, "depth"), payload: word(words, "payload") };
        const spread = words["spread"] === 1 ? this.#clients : [this.#client];
        return await driveCalls(spread, { ...order, ms: word(words, "ms") });
      }
      case "latency":
        return await driveLatency(this.#client, {
          payload: word(words, "payload"),
          ms: word(words, "ms"),
        });
      case "mixed":
        return await driveMixed(this.#client, word(words, "ms"));
      case "chain":
        return await driveChain(this.#client, {
          links: word(words, "links"),
          pipelined: word(words, "pipelined") === 1,
          ms: word(words, "ms"),
        });
      case "take":
      case "give":
      case "stream":
        return await driveBulk(this.#client, verb, word(words, "bytes"), word(words, "ms"));
      case "pass":
      case "callBack":
      case "getAndRelease":
        return await driveCapabilities(this.#client, verb, word(words, "ms"));
      case "hold":
        if (this.#client.hold === undefined) return undefined;
        await this.#client.hold(word(words, "count"));
        return {};
      case "memory":
        return await memory();
      case "cpu":
        return { seconds: cpuSeconds() };
      default:
        return undefined;
    }
  }

  get #client(): RpcClient {
    const [client] = this.#clients;
    if (client === undefined) throw new Error("not connected");
    return client;
  }
}

await main();
