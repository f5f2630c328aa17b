import { type AddressInfo, connect, createServer } from "node:net";
import { onTestFinished } from "vitest";

/** Between a client and a server; it counts how often the one who speaks changes. */
export interface Flights {
  /** The server's address, by way of this. */
  readonly address: string;
  /** Who spoke, in order: `>` is the client. */
  readonly spoken: string;
  /** From now on what is said takes so long to arrive. */
  delay(ms: number): void;
  /** From now on nothing from the server gets through. */
  mute(): void;
  /** Cuts everything. */
  cut(): void;
}

export async function countFlights(address: string): Promise<Flights> {
  const [, port = ""] = /:(\d+)(\?|$)/.exec(address) ?? [];
  let spoken = "";
  let muted = false;
  const said = (who: string) => {
    if (!spoken.endsWith(who)) spoken += who;
  };
  const cuts: (() => void)[] = [];
  let delayMs = 0;
  /** Timers of the same length fire in order, so bytes stay in order, too. */
  const later = (arrive: () => void) => (delayMs === 0 ? arrive() : setTimeout(arrive, delayMs));
  const proxy = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: Number(port), host: "127.0.0.1", noDelay: true });
    near.on("data", (bytes) => {
      said(">");
      later(() => far.write(bytes));
    });
    far.on("data", (bytes) => {
      if (muted) return;
      said("<");
      later(() => near.write(bytes));
    });
    const cut = () => {
      near.destroy();
      far.destroy();
    };
    for (const end of [near, far]) end.on("error", cut).on("close", cut);
    cuts.push(cut);
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const cut = () => {
    for (const each of cuts) each();
  };
  onTestFinished(() => {
    proxy.close();
    cut();
  });
  const { port: chosen } = proxy.address() as AddressInfo;
  return {
    address: address.replace(/:\d+(\?|$)/, `:${chosen}$1`),
    get spoken() {
      return spoken;
    },
    delay: (ms) => (delayMs = ms),
    mute: () => (muted = true),
    cut,
  };
}
