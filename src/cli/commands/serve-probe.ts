import { type Command } from "commander";
import { Identity, Vat } from "../../vat/index.ts";
import { addDoorOptions, admitOf, type DoorOptions } from "../admit-options.ts";
import { networkOf } from "../network-option.ts";
import { CountingProbe } from "../probe.ts";
import { stopSignal } from "../stop-signal.ts";
import { type Terminal } from "../terminal.ts";

export function addServeProbe(program: Command, terminal: Terminal): void {
  const command = program
    .command("serve-probe")
    .summary("let peers measure how fast they can write to us")
    .description(
      "Listens, and drops what admitted peers write with `handfast ping --throughput`, until it is " +
        "interrupted. Nothing else can be asked of it.",
    );
  addDoorOptions(command).action(async (options: DoorOptions) => {
    const network = networkOf(options.network);
    const admit = await admitOf(options);
    let bytes = 0;
    const bootstrap = () => new CountingProbe((more) => (bytes += more));
    const identity = await Identity.load(options.key);
    await using vat = await Vat.open({ identity, network, admit, bootstrap });
    const { suite: suites, advertise } = options;
    const { addresses } = await vat.listen(options.listen, { suites, advertise });
    const stop = stopSignal(() => void vat.close());
    terminal.result({
      text: `listening on ${addresses.join("\n         and ")}`,
      json: { addresses },
    });
    await stop.first;
    stop.dispose();
    terminal.result({ text: `${bytes} bytes were written`, json: { bytes } });
  });
}
