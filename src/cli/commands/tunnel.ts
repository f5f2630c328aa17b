import { type Command } from "commander";
import { openTunnel, serveTunnel, type TunnelEnd } from "../../tunnel/index.ts";
import { Identity } from "../../vat/index.ts";
import { addDoorOptions, admitOf, type DoorOptions } from "../admit-options.ts";
import { IncidentLog } from "../incident-log.ts";
import { defaultKeyPath } from "../key-path.ts";
import { networkOf } from "../network-option.ts";
import { nearWord, peerWord, serviceWord } from "../place-words.ts";
import { stopSignal } from "../stop-signal.ts";
import { type Terminal } from "../terminal.ts";
import { wholeNumber } from "../whole-number.ts";

interface EndOptions {
  readonly stall: number;
  readonly grace: number;
}

interface ServeOptions extends DoorOptions, EndOptions {
  readonly to: string;
  readonly proxyProtocol?: true;
  readonly insecure?: true;
}

interface ConnectOptions extends EndOptions {
  readonly listen: string;
  readonly key: string;
  readonly network?: string;
}

export function addTunnel(program: Command, terminal: Terminal): void {
  const tunnel = program
    .command("tunnel")
    .summary("put a plain TCP service behind a SecretHandshake, and reach it")
    .description(
      "Carries plain connections between machines over SecretHandshake: `serve` in front of a " +
        "service, `connect` beside its client. Neither program needs to know.",
    )
    .helpCommand(false);
  addServe(tunnel, terminal);
  addConnect(tunnel, terminal);
}

function addServe(tunnel: Command, terminal: Terminal): void {
  const command = tunnel
    .command("serve")
    .summary("put a plain service behind a SecretHandshake")
    .description(
      "Admits peers by their key, and joins each connection to one of its own to the service.",
    )
    .requiredOption("--to <SERVICE>", "the service: HOST:PORT or unix:/PATH", serviceWord)
    .option("--proxy-protocol", "tell the service who it is: PROXY protocol v2, id in TLV 0xE0")
    .option("--insecure", "the service may be on another machine, in the clear on the way there");
  addEndOptions(addDoorOptions(command)).action(async (options: ServeOptions) => {
    const network = networkOf(options.network);
    const admit = await admitOf(options);
    const log = new IncidentLog(terminal);
    const end = await serveTunnel({
      identity: await Identity.load(options.key),
      network,
      listen: options.listen,
      to: options.to,
      admit,
      suites: options.suite,
      advertise: options.advertise,
      proxyProtocol: options.proxyProtocol,
      remoteService: options.insecure === true ? "allow" : "refuse",
      limits: { writeMs: options.stall * 1000 },
      failed: ({ error, from }) => {
        log.add(error, from);
      },
    });
    await runUntilStopped(end, options, terminal, log);
  });
}

function addConnect(tunnel: Command, terminal: Terminal): void {
  const command = tunnel
    .command("connect")
    .summary("reach a service behind a SecretHandshake as if it were here")
    .description(
      "Listens on this machine, and joins each connection to one of its own to ADDRESS. " +
        "Whoever can connect here speaks with our key.",
    )
    .argument(
      "<ADDRESS>",
      "the other end: capnp://ed25519:KEY@HOST:PORT or net:HOST:PORT~shs:KEY",
      peerWord,
    )
    .option(
      "--listen <WHERE>",
      "127.0.0.1:PORT or unix:/PATH; port 0 picks one",
      nearWord,
      "127.0.0.1:0",
    )
    .option("--key <FILE>", "our key", defaultKeyPath(process.env))
    .option("--network <NAME>", "its network: a name, or 64 hexadecimal digits");
  addEndOptions(command).action(async (address: string, options: ConnectOptions) => {
    const network = networkOf(options.network, address);
    const log = new IncidentLog(terminal);
    const end = await openTunnel({
      identity: await Identity.load(options.key),
      network,
      listen: options.listen,
      to: address,
      limits: { writeMs: options.stall * 1000 },
      failed: ({ error, from }) => {
        log.add(error, from);
      },
    });
    await runUntilStopped(end, options, terminal, log);
  });
}

function addEndOptions(command: Command): Command {
  return command
    .option(
      "--stall <SECONDS>",
      "cut a connection whose reader takes nothing for so long",
      wholeNumber("--stall", 1, 86_400),
      60,
    )
    .option(
      "--grace <SECONDS>",
      "when stopped, what open connections get to end",
      wholeNumber("--grace", 0, 3600),
      5,
    );
}

async function runUntilStopped(
  end: TunnelEnd,
  { grace }: EndOptions,
  terminal: Terminal,
  log: IncidentLog,
): Promise<void> {
  const stop = stopSignal(() => void end.close({ graceMs: 0 }));
  const { addresses } = end;
  terminal.result({
    text: `listening on ${addresses.join("\n         and ")}`,
    json: { addresses },
  });
  await stop.first;
  await end.close({ graceMs: grace * 1000 });
  stop.dispose();
  log.end();
  const { stats } = end;
  terminal.result({
    text:
      `${stats.joined} connections, ${stats.cut} of them cut; ${stats.refused} refused; ` +
      `${stats.sentBytes} bytes to peers, ${stats.receivedBytes} from them`,
    json: stats,
  });
}
