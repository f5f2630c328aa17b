import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AuthError, Identity, type PeerId } from "handfast";
import { apiKey } from "handfast/auth";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Cards } from "../../../src/examples/library/cards.ts";

let folder: string;
let path: string;
let member: PeerId;
let friend: PeerId;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-cards-"));
  path = join(folder, "cards.json");
  member = (await Identity.generate()).id;
  friend = (await Identity.generate()).id;
});
afterEach(() => rm(folder, { recursive: true }));

/** Whom the card stands for, as an authenticator says; else the reason. */
async function holderOf(cards: Cards, card: string): Promise<unknown> {
  const peer = {
    id: undefined,
    address: "",
    transport: "memory",
    signal: new AbortController().signal,
  } as const;
  return apiKey(cards)(card, { peer }).then(
    ({ principal }) => principal,
    (error: unknown) => (error as AuthError).reason,
  );
}

it("a card stands for its member, also after a restart", async () => {
  const cards = await Cards.open(path);
  expect(cards.issued).toBe(false);
  const card = await cards.issue(member, false);
  expect(await holderOf(cards, card)).toBe(member);
  const again = await Cards.open(path);
  expect(again.issued).toBe(true);
  expect(await holderOf(again, card)).toBe(member);
});

it("the file holds nothing that a card could be made of", async () => {
  const card = await (await Cards.open(path)).issue(member, false);
  const secret = card.split(".").at(-1)!;
  expect(await readFile(path, "utf8")).not.toContain(secret);
});

it("a card of another library, and one that was changed, are invalid", async () => {
  const cards = await Cards.open(path);
  const card = await cards.issue(member, false);
  const other = await (await Cards.open(join(folder, "other.json"))).issue(member, false);
  const changed = card.slice(0, -1) + (card.endsWith("A") ? "Q" : "A");
  for (const wrong of [other, changed, "hfk.x", "library card"]) {
    expect(await holderOf(cards, wrong)).toBe("invalid");
  }
  expect(await holderOf(cards, "")).toBe("missing");
});

it("withdrawn cards are invalid, and those of others are not", async () => {
  const cards = await Cards.open(path);
  const [hers, his] = [await cards.issue(member, false), await cards.issue(friend, false)];
  await cards.withdraw(member);
  expect(await holderOf(cards, hers)).toBe("invalid");
  expect(await holderOf(cards, his)).toBe(friend);
});

it("a card expires, and then takes no place", async () => {
  let now = new Date("2020-01-01");
  const cards = await Cards.open(path, () => new Date(now));
  const old = await cards.issue(member, false);
  expect(await holderOf(cards, old)).toBe("expired");
  for (let more = 1; more < 10; more++) await cards.issue(member, false);
  await expect(cards.issue(member, false)).rejects.toMatchObject({ code: "TOO_MANY_CARDS" });
  now = new Date("2022-01-01");
  await cards.issue(member, false);
  expect(await holderOf(cards, old)).toBe("invalid");
});

it("a card that could not be saved was not issued", async () => {
  const cards = await Cards.open(path);
  await mkdir(path + ".new"); // where the library would write
  await expect(cards.issue(member, false)).rejects.toMatchObject({ code: "CARDS_NOT_SAVED" });
  expect(cards.issued).toBe(false);
});

it.each([
  ['{ "cards": {} }', "cards: expected a list"],
  ['{ "cards": [{ "id": "1", "hash": "xyz" }] }', "cards[0].hash: expected 64 hexadecimal"],
])("a file like %s is refused, and where is said", async (text, message) => {
  await writeFile(path, text);
  await expect(Cards.open(path)).rejects.toMatchObject({
    code: "CARDS_CORRUPT",
    message: expect.stringContaining(message) as string,
  });
});
