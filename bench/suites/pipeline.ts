import { nodeProgram, type Pair } from "../harness/pair.ts";
import { Program } from "../harness/program.ts";
import { type Case, type Run, type Suite, takeTurns, turnsMs } from "../harness/turns.ts";
import { ALL_RPC_PEERS } from "../peers/registry.ts";

const LINKS = [1, 10, 100];

/** Each way, so that a round trip takes twice as long. */
const DELAY_MS = 20;

export const pipeline: Suite = {
  name: "pipeline",
  about:
    "Chains of calls, each on the object that the one before returned: made all at once (`pipelined`) " +
    "or each when the one before has returned (`awaited`); over loopback, and through a proxy that " +
    `delays each way by ${DELAY_MS} ms, where \`chain=1\` shows one round trip.`,
  estimateMs: (run) =>
    turnsMs(run, ALL_RPC_PEERS, { all: 13, alsoOnOneCore: 0 }) +
    (run.quick ? 0 : ALL_RPC_PEERS.length * 100 * 2 * DELAY_MS),
  async run(run) {
    const proxies: Program[] = [];
    try {
      return await takeTurns(run, {
        suite: "pipeline",
        kind: "rpc",
        peers: ALL_RPC_PEERS,
        cases: [...chains(run, 0, proxies), ...chains(run, DELAY_MS, proxies)],
      });
    } finally {
      for (const proxy of proxies) proxy.kill();
    }
  },
};

function chains(run: Run, delayMs: number, proxies: Program[]): readonly Case[] {
  const through = new Map<Pair, string>();
  const addressOf = async (pair: Pair) => {
    if (delayMs === 0) return pair.address;
    const known = through.get(pair);
    if (known !== undefined) return known;
    const { proxy, address } = await startProxy(pair, delayMs);
    proxies.push(proxy);
    through.set(pair, address);
    return address;
  };
  return LINKS.flatMap((links) =>
    (["pipelined", "awaited"] as const).map((how) => ({
      name: `chain=${links},delay=${delayMs},${how}`,
      onlyOnce: takesLong(links, delayMs, how),
      async measure(pair, note) {
        if (run.quick && takesLong(links, delayMs, how)) return;
        await pair.connect(await addressOf(pair));
        const pipelined = how === "pipelined" ? 1 : 0;
        const report = await pair.client.ask("chain", { links, pipelined, ms: run.ms });
        if (report !== undefined) note("ms", (report["p50"] ?? 0) / 1000);
      },
    })),
  );
}

const takesLong = (links: number, delayMs: number, how: string): boolean =>
  links * delayMs > 500 && how === "awaited";

/** A proxy before the server of a pair, and the server's address with the proxy's port in it. */
async function startProxy(
  pair: Pair,
  delayMs: number,
): Promise<{ readonly proxy: Program; readonly address: string }> {
  const [port = "", ...rest] = pair.address.split(" ");
  const proxy = new Program(nodeProgram("delay-proxy", port, String(delayMs)));
  const own = (await proxy.line()).replace("listening ", "");
  return { proxy, address: [own, ...rest].join(" ") };
}
