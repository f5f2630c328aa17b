import { parsePeerId, type PeerId } from "handfast";
import { type JsonValue, readJsonFile } from "./json-file.ts";
import { MAX_ROSTER_BYTES } from "./limits.ts";

export type Role = "librarian" | "member" | "visitor";

/** Where the roster's file keeps the keys of each role. */
const LISTS = { librarian: "librarians", member: "members", visitor: "visitors" } as const;
const ROLES = ["librarian", "member", "visitor"] as const satisfies readonly Role[];

const MAX_KEY_CHARS = 100;

/** Whom the library knows, by their keys. Everybody else is a stranger. */
export class Roster {
  readonly #roles: ReadonlyMap<PeerId, Role>;

  constructor(roles: ReadonlyMap<PeerId, Role>) {
    this.#roles = roles;
  }

  /**
   * Reads `{ "librarians": ["ed25519:…"], "members": […], "visitors": […] }`. Throws `LibraryError`
   * `ROSTER_INVALID` with the place of the first mistake, or one of `FILE_…`.
   */
  static async read(path: string): Promise<Roster> {
    return Roster.of(
      await readJsonFile(path, { code: "ROSTER_INVALID", maxBytes: MAX_ROSTER_BYTES }),
    );
  }

  static of(json: JsonValue): Roster {
    const roles = new Map<PeerId, Role>();
    for (const role of ROLES) {
      for (const item of json.member(LISTS[role]).items()) {
        const id = item.parsed(parsePeerId, MAX_KEY_CHARS, "a key such as ed25519:…");
        const double = roles.get(id);
        if (double !== undefined) throw item.wrong(`${id} is already a ${double}`);
        roles.set(id, role);
      }
    }
    return new Roster(roles);
  }

  roleOf(id: PeerId): Role | undefined {
    return this.#roles.get(id);
  }

  knows(id: PeerId): boolean {
    return this.#roles.has(id);
  }

  /** The text of the file that reads back as this roster. */
  toJsonText(): string {
    const lists = ROLES.map((role) => [
      LISTS[role],
      [...this.#roles].filter(([, other]) => other === role).map(([id]) => id),
    ]);
    return `${JSON.stringify(Object.fromEntries(lists), undefined, 2)}\n`;
  }
}
