import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Identity, refusalReason, RpcError, Vat } from "handfast";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  CardDesk,
  Librarian,
  MemberDesk,
  Session,
} from "../../../src/examples/library/library.capnp.ts";
import { type DiaryEntry } from "../../../src/examples/library/library.ts";
import { LibraryNode, NETWORK, type NodeOptions } from "../../../src/examples/library/node.ts";
import { Roster } from "../../../src/examples/library/roster.ts";

const EMMA = "9799000000400";

let folder: string;
let node: LibraryNode;
let diary: DiaryEntry[];
let heard: ((entry: DiaryEntry) => void)[];
let accessed: string[];
let readers: Vat[];
let librarian: Identity;
let member: Identity;

async function openNode(options: Partial<NodeOptions> = {}): Promise<void> {
  node = await LibraryNode.open({
    data: folder,
    diary: (entry) => {
      diary.push(entry);
      for (const hear of heard) hear(entry);
    },
    accessLog: (line) => accessed.push(line),
    logger: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
    ...options,
  });
}

/** Resolves when the diary says so. */
function entry(did: DiaryEntry["did"]): Promise<void> {
  return new Promise((resolve) => {
    heard.push((one) => {
      if (one.did === did) resolve();
    });
  });
}

async function lineOf(identity: Identity) {
  const vat = await Vat.open({ identity, network: NETWORK });
  readers.push(vat);
  return vat.connect(node.address);
}

/** The desk that a key on no list gets. */
async function cardDesk() {
  const device = await Identity.generate();
  const desk = (await lineOf(device)).bootstrap(CardDesk);
  return { desk, device };
}

async function librarianRoot() {
  return (await lineOf(librarian)).bootstrap(Librarian);
}

/** How a call ends: a refusal's reason, else the error's code. */
function outcomeOf(call: PromiseLike<unknown>): Promise<unknown> {
  return Promise.resolve(call).then(
    () => "done",
    (error: unknown) => refusalReason(error) ?? (error instanceof RpcError ? error.code : error),
  );
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "handfast-card-desk-"));
  [diary, heard, accessed, readers] = [[], [], [], []];
  librarian = await Identity.generate();
  member = await Identity.generate();
  const roster = new Roster(
    new Map([
      [librarian.id, "librarian"],
      [member.id, "member"],
    ]),
  );
  await writeFile(join(folder, "roster.json"), roster.toJsonText());
  await openNode();
});
afterEach(async () => {
  await Promise.all(readers.map((vat) => vat.close()));
  await node[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

describe("a reader who comes from a new device", () => {
  it("is who her card says, and the device is the peer", async () => {
    const { card } = await (await librarianRoot()).issueCard({ member: member.id });
    const { desk, device } = await cardDesk();
    const who = await desk.authenticate({ card }).session.whoami();
    expect(who.member).toBe(member.id);
    expect(Date.parse(who.until)).toBeGreaterThan(Date.now());
    expect(diary.slice(-2)).toEqual([
      { did: "session begun", by: device.id, member: member.id },
      { did: "recognised", by: device.id, member: member.id },
    ]);
    const line = JSON.parse(accessed.at(-1)!) as object;
    expect(line).toMatchObject({
      method: "whoami",
      peer: device.id,
      principal: member.id,
      domain: "api-key",
      label: `session of ${member.id}`,
    });
    expect(accessed.join("")).not.toContain(card);
    expect(accessed.join("")).not.toContain("readOnly");
  });

  it("borrows in her own name", async () => {
    const { card } = await (await librarianRoot()).issueCard({ member: member.id });
    const { desk } = await cardDesk();
    const hers = desk.authenticate({ card }).session.desk().desk;
    expect((await hers.checkoutBook({ isbn: EMMA }).loan.about()).book.title).toBe("Emma");
    const atHome = (await lineOf(member)).bootstrap(MemberDesk);
    expect((await atHome.loans()).loans.at(0)?.borrower).toBe(member.id);
  });

  it("hears nothing while nobody has a card", async () => {
    const line = await lineOf(await Identity.generate());
    await expect(line.ready).rejects.toMatchObject({ code: "NOT_ADMITTED" });
  });

  it("is refused without a card, with a wrong one, and with one that was withdrawn", async () => {
    const root = await librarianRoot();
    const { card } = await root.issueCard({ member: member.id });
    const { desk } = await cardDesk();
    const refused = async (text: string) => {
      const [full, reading] = [
        await outcomeOf(desk.authenticate({ card: text }).session.whoami()),
        await outcomeOf(desk.authenticateReadOnly({ card: text }).session.whoami()),
      ];
      expect(reading).toBe(full);
      return full;
    };
    expect(await refused("")).toBe("missing");
    expect(await refused("let me in")).toBe("invalid");
    expect(await refused(card.replace(/\.[^.]+\./, ".other."))).toBe("invalid");
    await root.withdrawCards({ member: member.id });
    expect(await refused(card)).toBe("invalid");
    expect(diary.filter(({ did }) => did === "session begun")).toEqual([]);
  });

  it("is refused when she is no member any more, whatever her card", async () => {
    const { card } = await (await librarianRoot()).issueCard({ member: member.id });
    await node[Symbol.asyncDispose]();
    const roster = new Roster(new Map([[librarian.id, "librarian"]]));
    await writeFile(join(folder, "roster.json"), roster.toJsonText());
    await openNode();
    const { desk } = await cardDesk();
    expect(await outcomeOf(desk.authenticate({ card }))).toBe("unauthorized");
  });
});

describe("a reading session", () => {
  it("reads and waits, and has no method that borrows", async () => {
    const { card } = await (await librarianRoot()).issueCard({ member: member.id, readOnly: true });
    const { desk } = await cardDesk();
    const { session } = await desk.authenticateReadOnly({ card });
    expect((await session.whoami()).member).toBe(member.id);
    expect((await session.readHere({ isbn: EMMA })).opening).toMatch(/^Emma/);
    expect((await session.untilBack({ isbn: EMMA })).book.title).toBe("Emma");
    const { cast } = await import("handfast/capnp");
    const borrowing = cast(session, Session).desk().desk.checkoutBook({ isbn: EMMA });
    expect(await outcomeOf(borrowing)).toBe("UNIMPLEMENTED");
  });

  it("is all that a card for reading opens", async () => {
    const { card } = await (await librarianRoot()).issueCard({ member: member.id, readOnly: true });
    const { desk } = await cardDesk();
    expect(await outcomeOf(desk.authenticate({ card }))).toBe("insufficient_scope");
  });
});

describe("a librarian who withdraws a card", () => {
  it("ends the sessions, the call under way, and what was reached through them", async () => {
    const root = await librarianRoot();
    const { card } = await root.issueCard({ member: member.id });
    const { desk } = await cardDesk();
    const { session } = await desk.authenticate({ card });
    const hers = session.desk().desk;
    const { loan } = await hers.checkoutBook({ isbn: EMMA });
    const awaited = entry("awaited");
    const waiting = outcomeOf(session.untilBack({ isbn: EMMA }));
    await awaited;
    expect((await root.withdrawCards({ member: member.id })).ended).toBe(1);
    expect(await waiting).toBe("REVOKED");
    for (const call of [session.whoami(), hers.loans(), loan.renew()]) {
      expect(await outcomeOf(call)).toBe("REVOKED");
    }
    // The place in the queue is free again: the call was told that it is over.
    const again = await root.issueCard({ member: member.id });
    const next = (await cardDesk()).desk.authenticate({ card: again.card }).session;
    const awaitedAgain = entry("awaited");
    const back = next.untilBack({ isbn: EMMA });
    await awaitedAgain;
    const [held] = (await root.onLoan()).loans.toArray();
    await held!.loan.giveBack();
    expect((await back).book.title).toBe("Emma");
  });

  it("leaves the member's own key alone, and other members' sessions", async () => {
    const root = await librarianRoot();
    const atHome = (await lineOf(member)).bootstrap(MemberDesk);
    await atHome.loans();
    expect((await root.withdrawCards({ member: member.id })).ended).toBe(0);
    expect((await atHome.loans()).loans).toHaveLength(0);
  });

  it("is told when there is no such member", async () => {
    const root = await librarianRoot();
    for (const who of ["", librarian.id, "ed25519:nobody"]) {
      for (const call of [root.issueCard({ member: who }), root.withdrawCards({ member: who })]) {
        await expect(Promise.resolve(call)).rejects.toMatchObject({
          message: expect.stringContaining("UNKNOWN_MEMBER") as string,
        });
      }
    }
  });
});

describe("a session", () => {
  it("expires, and its call under way with it", async () => {
    await node[Symbol.asyncDispose]();
    await openNode({ sessionMs: 300 });
    const { card } = await (await librarianRoot()).issueCard({ member: member.id });
    await (await lineOf(member)).bootstrap(MemberDesk).checkoutBook({ isbn: EMMA });
    const { desk } = await cardDesk();
    const session = desk.authenticate({ card }).session;
    expect(await outcomeOf(session.untilBack({ isbn: EMMA }))).toBe("EXPIRED");
    expect(await outcomeOf(session.whoami())).toBe("EXPIRED");
    expect(await outcomeOf(desk.authenticate({ card }).session.whoami())).toBe("done");
  });
});

describe("the town's token", () => {
  const town = { issuer: "https://town.example", audience: "library" };

  async function townOf() {
    const { publicKey, privateKey } = await generateKeyPair("EdDSA", { crv: "Ed25519" });
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), alg: "EdDSA" }] };
    const tokenOf = (subject: string, claims: object = {}, expires = "5m") =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: "EdDSA" })
        .setIssuer(town.issuer)
        .setAudience(town.audience)
        .setSubject(subject)
        .setExpirationTime(expires)
        .sign(privateKey);
    await node[Symbol.asyncDispose]();
    await openNode({ town: { ...town, jwks } });
    return tokenOf;
  }

  it("is as good as a card", async () => {
    const tokenOf = await townOf();
    const { desk } = await cardDesk();
    const who = await desk.authenticate({ card: await tokenOf(member.id) }).session.whoami();
    expect(who.member).toBe(member.id);
    expect(JSON.parse(accessed.at(-1)!)).toMatchObject({ domain: town.issuer });
  });

  it("is refused for those who are no members, when it is old, and when it is forged", async () => {
    const tokenOf = await townOf();
    const { desk } = await cardDesk();
    const outcome = async (card: string) => outcomeOf(desk.authenticate({ card }));
    expect(await outcome(await tokenOf(librarian.id))).toBe("unauthorized");
    expect(await outcome(await tokenOf("mallory"))).toBe("unauthorized");
    expect(await outcome(await tokenOf(member.id, {}, "-1h"))).toBe("expired");
    expect(await outcome(await tokenOf(member.id, { readOnly: true }))).toBe("insufficient_scope");
    const forged = await generateKeyPair("EdDSA", { crv: "Ed25519" });
    const token = new SignJWT({ sub: member.id, iss: town.issuer, aud: town.audience })
      .setProtectedHeader({ alg: "EdDSA" })
      .setExpirationTime("5m");
    expect(await outcome(await token.sign(forged.privateKey))).toBe("invalid");
  });
});
