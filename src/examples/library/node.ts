import { join } from "node:path";
import { Identity, type Listener, Vat, type VatOptions } from "handfast";
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
   * Throws `LibraryError` for a catalogue, a roster or loans that cannot be read, `StoreError` for
   * the key, and `NetError` `PORT_IN_USE`.
   */
  static async open(options: NodeOptions): Promise<LibraryNode> {
    const { data, catalog, port = 0, diary, logger } = options;
    const shelves = new Shelves({
      catalog: await readCatalog(catalog ?? SAMPLE_CATALOG),
      loans: await LoanStore.open(join(data, "loans.json")),
    });
    const roster = await Roster.read(join(data, "roster.json"));
    const library: Library = { shelves, roster, diary };

    const vat = await Vat.open({
      identity: await Identity.loadOrCreate(join(data, "library.key")),
      network: NETWORK,
      admit: (peer) => admits(peer, library),
      bootstrap: (peer) => rootFor(peer, library),
      logger,
    });
    try {
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
