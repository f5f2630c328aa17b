import { join } from "node:path";
import {
  accessLog,
  Identity,
  type LineSink,
  type Listener,
  serveAdmin,
  Vat,
  type VatOptions,
} from "handfast";
import { type JwtOptions } from "handfast/auth";
import { CardCheck } from "./card-check.ts";
import { Cards } from "./cards.ts";
import { readCatalog, SAMPLE_CATALOG } from "./catalog.ts";
import { admits, rootFor } from "./front-door.ts";
import { type Diary, type Library } from "./library.ts";
import { LoanStore } from "./loan-store.ts";
import { Roster } from "./roster.ts";
import { Shelves } from "./shelves.ts";

/** Peers meet only when both name the same network. */
export const NETWORK = "library.example/v1";

export interface NodeOptions {
  /** The folder of `library.key` (made when missing), `roster.json` and `loans.json`. */
  readonly data: string;
  /** Default: the hundred sample books. */
  readonly catalog?: string | undefined;
  /** Default 0: the system chooses. */
  readonly port?: number | undefined;
  readonly diary: Diary;
  /** The town's tokens, if readers may come with those. Default: only cards count. */
  readonly town?: JwtOptions | undefined;
  /** How long a session at a new device lasts. Default: an evening. */
  readonly sessionMs?: number | undefined;
  /** Gets a line of JSON for every call. */
  readonly accessLog?: LineSink | undefined;
  /** A Unix socket for `handfast inspect`. */
  readonly adminSocket?: string | undefined;
  /** Default: warnings and errors go to stderr. */
  readonly logger?: VatOptions["logger"];
}

/** The library, open to its readers. */
export class LibraryNode implements AsyncDisposable {
  readonly shelves: Shelves;
  readonly #vat: Vat;
  readonly #listener: Listener;

  private constructor(shelves: Shelves, vat: Vat, listener: Listener) {
    this.shelves = shelves;
    this.#vat = vat;
    this.#listener = listener;
  }

  /**
   * Throws `LibraryError` for a catalogue, a roster, cards or loans that cannot be read, `StoreError` for
   * the key, and `NetError` `PORT_IN_USE`, `SOCKET_UNSAFE`.
   */
  static async open(options: NodeOptions): Promise<LibraryNode> {
    const { data, catalog, port = 0, diary, logger, town, sessionMs, accessLog: sink } = options;
    const shelves = new Shelves({
      catalog: await readCatalog(catalog ?? SAMPLE_CATALOG),
      loans: await LoanStore.open(join(data, "loans.json")),
    });
    const roster = await Roster.read(join(data, "roster.json"));
    const cards = await Cards.open(join(data, "cards.json"));
    const cardCheck = new CardCheck({ cards, roster, town, sessionMs });
    const library: Library = { shelves, roster, cards, cardCheck, diary };

    const identity = await Identity.loadOrCreate(join(data, "library.key"));
    const vat = await Vat.open({
      identity,
      network: NETWORK,
      observers: sink === undefined ? [] : [accessLog({ serverId: identity.id, sink })],
      admit: (peer) => admits(peer, library),
      bootstrap: (peer) => rootFor(peer, library),
      logger,
    });
    try {
      if (options.adminSocket !== undefined) await serveAdmin(vat, options.adminSocket);
      return new LibraryNode(shelves, vat, await vat.listen(`tcp://127.0.0.1:${port}`));
    } catch (error) {
      await vat.close();
      throw error;
    }
  }

  /** What readers dial: the library's key, and where it is to be found for now. */
  get address(): string {
    return this.#listener.address;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#vat.close();
  }
}
