import { type Peer, peerIdOfKey } from "../../src/base/index.ts";
import {
  type CallObserver,
  CallObservers,
  clientOfHook,
  Host,
  serve,
} from "../../src/objects/index.ts";
import { type InterfaceType } from "../../src/capnp/index.ts";
import { VirtualClock } from "../net/support/virtual-clock.ts";
import { type SimulatedVat } from "./simulated-network.ts";

/** When the stories of the simulated network begin. */
export const BEGIN = Date.UTC(2026, 0, 1);

const ignored = (): void => undefined;
const NO_LOG = { debug: ignored, info: ignored, warn: ignored, error: ignored };

/** Objects and stubs on a vat of the simulated network, whose time passes when the test says so. */
export class SimulatedHost {
  readonly clock = new VirtualClock();
  /** How far somebody has set the calendar ahead of the clock. */
  readonly calendar = { setAheadMs: 0 };
  readonly host: Host;
  readonly vat: SimulatedVat;
  /** Why the vat's objects turned callers away. */
  readonly refusals: string[] = [];
  /** What they threw and their callers did not see. */
  readonly failures: unknown[] = [];
  readonly #startMs = this.clock.now();

  constructor(vat: SimulatedVat, observer?: CallObserver) {
    this.vat = vat;
    this.host = new Host({
      turns: vat.turns,
      clock: this.clock,
      epochMs: () => BEGIN + this.clock.now() - this.#startMs + this.calendar.setAheadMs,
      self: peerNamed(vat.name, "local"),
      serve,
      log: NO_LOG,
      observers: observer && new CallObservers([observer], (error) => this.failures.push(error)),
      report: ({ error }) => {
        this.failures.push(error);
      },
      refused: ({ error }) => {
        this.refusals.push(error.reason);
      },
    });
  }

  offers(server: Parameters<Host["hookOf"]>[0]): void {
    this.vat.root = () => this.host.hookOf(server);
  }

  bootstrap<T extends InterfaceType>(type: T, peer?: SimulatedVat) {
    return clientOfHook(type, this.vat.bootstrap(peer));
  }
}

/** A peer with a key of its own. */
export function peerNamed(name: string, transport: Peer["transport"] = "shs"): Peer {
  const key = new Uint8Array(32);
  new TextEncoder().encodeInto(name, key);
  const { signal } = new AbortController();
  return { id: peerIdOfKey(key), address: name, transport, signal };
}
