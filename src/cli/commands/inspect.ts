import { type Command } from "commander";
import { followVat, inspectVat, type VatSnapshot } from "../../observe/index.ts";
import { tableOf } from "../../rpc/index.ts";
import { Identity, Vat } from "../../vat/index.ts";
import { stopSignal } from "../stop-signal.ts";
import { type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";
import { timeoutOption } from "../whole-number.ts";

interface InspectOptions {
  readonly watch?: boolean;
  readonly interval: number;
  readonly leakAfter: number;
  readonly timeout: number;
}

export function addInspect(program: Command, terminal: Terminal): void {
  program
    .command("inspect")
    .summary("see who holds what in a running node")
    .description(
      "Asks the node whose admin socket is SOCKET: each connection with the capabilities that its " +
        "peer holds, those that are held of the peer's, and the calls under way. A node has such a " +
        'socket when its program says `await serveAdmin(vat, "/path")`.',
    )
    .argument("<SOCKET>", "path of the admin socket")
    .option("--watch", "go on until interrupted, one snapshot after the other")
    .option("--interval <SECONDS>", "between two snapshots", seconds("--interval", 0.1), 1)
    .option(
      "--leak-after <SECONDS>",
      "what is never called and older is marked",
      seconds("--leak-after", 0),
      600,
    )
    .addOption(timeoutOption())
    .action(async (socket: string, options: InspectOptions) => {
      const path = absolute(socket.startsWith("unix:") ? socket.slice("unix:".length) : socket);
      const { timeout: timeoutMs, leakAfter } = options;
      const leakAfterMs = leakAfter * 1000;
      await using vat = await Vat.open({
        identity: await Identity.generate(),
        network: "admin",
        limits: { net: { lingerMs: LINGER_MS } },
      });
      if (options.watch !== true) {
        show(await inspectVat(vat, path, { leakAfterMs, timeoutMs }), terminal);
        return;
      }
      const interrupted = new AbortController();
      const stop = stopSignal(() => {});
      void stop.first.then(() => {
        interrupted.abort();
      });
      try {
        await followVat(vat, path, {
          intervalMs: options.interval * 1000,
          leakAfterMs,
          timeoutMs,
          signal: interrupted.signal,
          onSnapshot: (snapshot) => {
            show(snapshot, terminal);
          },
        });
      } finally {
        stop.dispose();
      }
    });
}

const LINGER_MS = 100; // ours: a node that hangs is not waited for; nothing of ours is lost

function show(snapshot: VatSnapshot, terminal: Terminal): void {
  terminal.result({ text: textOf(snapshot), json: snapshot });
}

function textOf({ vat, takenAtMs, connections }: VatSnapshot): string {
  const time = new Date(takenAtMs).toISOString();
  const count = connections.length === 1 ? "1 connection" : `${connections.length} connections`;
  const parts = connections.map((connection) => {
    const { peer, address, transport, traffic, asking } = connection;
    const whose = asking ? `${peer} (this inspection)` : peer;
    const bytes = `${traffic.bytesIn} bytes in, ${traffic.bytesOut} out`;
    return `\n${whose}\n  ${transport} ${address}, ${bytes}\n${indented(tableOf(connection))}`;
  });
  return [`${vat} at ${time}: ${count}`, ...parts].join("\n");
}

function indented(text: string): string {
  return text.replace(/^/gm, "  ");
}

function absolute(path: string): string {
  return path.startsWith("/") ? path : `${process.cwd()}/${path}`;
}

function seconds(option: string, min: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,7}(\.\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min)) {
      const least = min > 0 ? `${min} seconds or more` : "seconds";
      throw new UsageError(`${option} takes ${least}, not ${text}`, "such as 1 or 0.5");
    }
    return Math.round(value * 1000) / 1000;
  };
}
