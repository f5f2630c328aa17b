import { readJsonFile, reasonOf } from "./json-file.ts";
import { EMPTY_LEDGER, type Ledger, ledgerOf, ledgerToJson } from "./ledger.ts";
import { LibraryError } from "./library-error.ts";
import { MAX_LOANS_BYTES } from "./limits.ts";
import { type Fingerprint, fingerprintOf, replaceFile } from "./replace-file.ts";

/** What a change makes of the ledger, and what it has to say about it. */
export interface Change<T> {
  readonly ledger: Ledger;
  readonly result: T;
}

/**
 * The ledger on disk. `ledger` is always what the file holds: changes run one at a time, and each
 * counts once it is there. The file is replaced as a whole, so a crash leaves the old one or
 * the new one.
 */
export class LoanStore {
  readonly #path: string;
  #ledger: Ledger;
  /** How the file looked after we last read or wrote it; `""` while there is none. */
  #fingerprint: Fingerprint;
  #lastChange: Promise<unknown> = Promise.resolve();

  private constructor(path: string, ledger: Ledger, fingerprint: Fingerprint) {
    this.#path = path;
    this.#ledger = ledger;
    this.#fingerprint = fingerprint;
  }

  /**
   * Reads the file; no file is an empty ledger. Throws `LibraryError` `LOANS_CORRUPT`, with the
   * place, for a file that is not one of ours, which is left as it is.
   */
  static async open(path: string): Promise<LoanStore> {
    const fingerprint = await fingerprintOf(path);
    if (fingerprint === "") return new LoanStore(path, EMPTY_LEDGER, fingerprint);
    const json = await readJsonFile(path, { code: "LOANS_CORRUPT", maxBytes: MAX_LOANS_BYTES });
    return new LoanStore(path, ledgerOf(json), fingerprint);
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /**
   * Changes the ledger once all earlier changes are done, and resolves once the new one is on
   * disk. What `edit` throws changes nothing. Throws `LibraryError` `LOANS_CHANGED` when somebody
   * else has written the file, and `LOANS_NOT_SAVED`: `ledger` then is still what the file holds,
   * which is the new one when only its surviving a power cut is in doubt.
   */
  change<T>(edit: (ledger: Ledger) => Change<T>): Promise<T> {
    const change = this.#lastChange.then(async () => {
      const { ledger, result } = edit(this.#ledger);
      if (ledger !== this.#ledger) await this.#save(ledger);
      return result;
    });
    this.#lastChange = change.catch(() => {}); // its caller hears of it; the next one goes on
    return change;
  }

  async #save(ledger: Ledger): Promise<void> {
    if ((await fingerprintOf(this.#path)) !== this.#fingerprint) {
      throw new LibraryError(
        "LOANS_CHANGED",
        `${this.#path}: changed by another program; nothing was written over it`,
      );
    }
    try {
      await replaceFile(this.#path, ledgerToJson(ledger), (fingerprint) => {
        this.#fingerprint = fingerprint;
        this.#ledger = ledger;
      });
    } catch (cause) {
      throw new LibraryError("LOANS_NOT_SAVED", `${this.#path}: ${reasonOf(cause)}`, { cause });
    }
  }
}
