import { parsePeerId } from "handfast";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/examples/library/json-file.ts";
import { Roster } from "../../../src/examples/library/roster.ts";
import { thrownBy } from "../../support/thrown.ts";

const key = (letter: string) => parsePeerId(`ed25519:${letter.repeat(42)}A`)!;
const read = (json: unknown) =>
  Roster.of(parseJson(JSON.stringify(json), "r.json", "ROSTER_INVALID"));

describe("a roster", () => {
  it("knows each key by its role, and no other key", () => {
    const roster = read({ librarians: [key("a")], members: [key("b")], visitors: [key("c")] });
    expect(["a", "b", "c", "d"].map((letter) => roster.roleOf(key(letter)))).toEqual([
      "librarian",
      "member",
      "visitor",
      undefined,
    ]);
    expect(roster.knows(key("d"))).toBe(false);
  });

  it("reads back as it was written", () => {
    const roles = new Map([
      [key("a"), "member"],
      [key("b"), "librarian"],
    ] as const);
    const text = new Roster(roles).toJsonText();
    const again = Roster.of(parseJson(text, "r.json", "ROSTER_INVALID"));
    expect(again.toJsonText()).toBe(text);
    expect(again.roleOf(key("a"))).toBe("member");
  });

  it.each([
    [{ librarians: [], members: [] }, "r.json: visitors: is missing"],
    [
      { librarians: [], members: ["ed25519:short"], visitors: [] },
      'r.json: members[0]: expected a key such as ed25519:…, not "ed25519:short"',
    ],
    [
      { librarians: [key("a")], members: [], visitors: [key("b"), key("a")] },
      `r.json: visitors[1]: ${key("a")} is already a librarian`,
    ],
  ])("like %j is refused, and where is said", (json, message) => {
    expect(thrownBy(() => read(json))).toMatchObject({ code: "ROSTER_INVALID", message });
  });
});
