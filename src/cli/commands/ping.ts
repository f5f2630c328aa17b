import { type Command } from "commander";
import { dial, parsePeerAddress, realClock, type SecureSocket } from "../../net/index.ts";
import { ready } from "../../shs/index.ts";
import { readKeyFile } from "../../stores/index.ts";
import { defaultKeyPath } from "../key-path.ts";
import { networkOf } from "../network-option.ts";
import { type Terminal } from "../terminal.ts";
import { UsageError } from "../usage-error.ts";

interface PingOptions {
  readonly key: string;
  readonly network?: string;
  readonly timeout: number;
}

/** Longer than this and it is not a question any more, but a hope. */
const MAX_TIMEOUT_MS = 600_000;

export function addPing(program: Command, terminal: Terminal): void {
  program
    .command("ping")
    .summary("see whether a peer is there and knows us")
    .description(
      "Dials ADDRESS and proves both keys; prints who answered and how long it took.\n" +
        "ADDRESS is capnp://ed25519:KEY@HOST:PORT or net:HOST:PORT~shs:KEY.",
    )
    .argument("<ADDRESS>", "whom to dial")
    .option("--key <FILE>", "our key", defaultKeyPath(process.env))
    .option("--network <NAME>", "its network: a name, or 64 hexadecimal digits")
    .option("--timeout <MS>", "milliseconds to wait, connecting and shaking hands", timeoutMs, 5000)
    .action(async (text: string, options: PingOptions) => {
      const address = parsePeerAddress(text);
      await ready();
      const network = networkOf(options.network, text);
      const keyPair = await readKeyFile(options.key);
      const limits = { connectMs: options.timeout, handshakeMs: options.timeout };

      const startedAtMs = realClock.now();
      const socket = await dial({ address, keyPair, network, limits });
      const tookMs = Math.round((realClock.now() - startedAtMs) * 10) / 10;

      const { peer, suite } = socket;
      terminal.result({
        text: `${peer.id} at ${peer.address} answered in ${tookMs} ms (${suite})`,
        json: { id: peer.id, address: peer.address, suite, tookMs },
      });
      await sayGoodbye(socket);
    });
}

function timeoutMs(text: string): number {
  const ms = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (ms < 1 || ms > MAX_TIMEOUT_MS) {
    throw new UsageError(
      `--timeout takes milliseconds from 1 to ${MAX_TIMEOUT_MS}, not ${text}`,
      "5000 is the default",
    );
  }
  return ms;
}

/** Ends the connection in order. How the peer takes it changes nothing about the answer. */
function sayGoodbye(socket: SecureSocket): Promise<void> {
  return new Promise((resolve) => {
    socket.start({ data: () => {}, ended: () => {}, drain: () => {}, closed: () => resolve() });
    socket.end();
  });
}
