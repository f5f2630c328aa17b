import { chmodSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { acceptWire } from "../../src/net/accept.ts";
import { DEFAULT_LIMITS } from "../../src/net/limits.ts";
import { memoryPair } from "../../src/net/memory-pair.ts";
import { type AdmitPeer, type Refusal } from "../../src/net/visit.ts";
import {
  ClientHandshake,
  generateEphemeral,
  generateSeed,
  KeyPair,
  offersOf,
  ready,
} from "../../src/shs/index.ts";
import { createKeyFile, readKeyFile } from "../../src/stores/index.ts";
import { NETWORK } from "../net/support/listening.ts";
import { VirtualClock } from "../net/support/virtual-clock.ts";

beforeAll(ready);

async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

interface Encounter {
  readonly admit?: AdmitPeer;
  /** Dials a key that is not the server's. */
  readonly wrongKey?: boolean;
  /** How long the client takes for M1. */
  readonly dawdleMs?: number;
}

/** What a client sees that gets as far as M3: how much it hears, and when the server hangs up. */
async function encounter({ admit = () => true, wrongKey = false, dawdleMs = 0 }: Encounter) {
  const clock = new VirtualClock();
  const startedAtMs = clock.now();
  const [near, far] = memoryPair();
  const keyPair = KeyPair.fromSeed(generateSeed());
  const refusals: Refusal[] = [];
  const ephemeral = generateEphemeral;
  const limits = DEFAULT_LIMITS;
  const offers = offersOf(NETWORK, ["aead64k"]);
  acceptWire(
    far,
    "memory",
    { keyPair, offers, admit, selfConnect: "refuse", limits, clock, ephemeral },
    {
      spoke: () => true,
      accepted: (socket) => {
        socket.destroy();
      },
      refused: (refusal) => {
        refusals.push(refusal);
      },
    },
  );
  const machine = new ClientHandshake({
    keyPair: KeyPair.fromSeed(generateSeed()),
    serverKey: wrongKey ? KeyPair.fromSeed(generateSeed()).publicKey : keyPair.publicKey,
    network: NETWORK,
    suite: "aead64k",
    ephemeral: generateEphemeral(),
  });
  let heard = 0;
  near.on("data", (chunk: Uint8Array) => {
    heard += chunk.length;
    if (heard === 64) {
      const step = machine.receive(chunk);
      if (step.is === "send") near.write(step.bytes);
    }
  });
  near.on("error", () => {});
  await settle();
  clock.advance(dawdleMs);
  near.write(machine.m1);
  await settle();
  let hungUpAtMs: number | undefined;
  near.on("close", () => (hungUpAtMs ??= clock.now() - startedAtMs));
  for (let passedMs = 0; passedMs <= 6000 && !near.destroyed; passedMs += 100) {
    clock.advance(100);
    await settle();
  }
  return { heard, hungUpAtMs, refusals };
}

describe("the silence after M3", () => {
  const no: readonly (readonly [string, Encounter])[] = [
    ["a no", { admit: () => false }],
    ["a later no", { admit: () => Promise.resolve(false) }],
    ["no answer", { admit: () => new Promise(() => {}) }],
    ["another key", { wrongKey: true }],
    [
      "a throw",
      {
        admit: () => {
          throw new Error("a bug");
        },
      },
    ],
    ["a rejection", { admit: () => Promise.reject(new Error("a bug")) }],
  ];

  it.each(no)("43 is the same for %s, to the byte and the millisecond", async (_, how) => {
    const { heard, hungUpAtMs, refusals } = await encounter(how);
    expect(heard).toBe(64); // M2 and no more
    expect(hungUpAtMs).toBe(DEFAULT_LIMITS.admitMs);
    expect(refusals).toHaveLength(1);
  });

  it.each(no)("43 is cut short by the deadline for %s", async (_, how) => {
    const { hungUpAtMs } = await encounter({ ...how, dawdleMs: 4500 });
    expect(hungUpAtMs).toBe(DEFAULT_LIMITS.handshakeMs);
  });

  it("44 leaves no rejection unhandled", async () => {
    const rejections: unknown[] = [];
    const note = (reason: unknown) => rejections.push(reason);
    process.on("unhandledRejection", note);
    for (const [, how] of no) await encounter(how);
    await settle();
    process.off("unhandledRejection", note);
    expect(rejections).toEqual([]);
  });
});

describe("a key file", () => {
  it("42 is not read with mode 0644, nor behind a symlink", async () => {
    const folder = mkdtempSync(join(tmpdir(), "handfast-hostile-"));
    const path = join(folder, "me.key");
    await createKeyFile(path, KeyPair.fromSeed(generateSeed()));
    symlinkSync(path, join(folder, "link.key"));
    await expect(readKeyFile(join(folder, "link.key"))).rejects.toThrow(
      expect.objectContaining({ code: "KEY_FILE_SYMLINK" }),
    );
    chmodSync(path, 0o644);
    await expect(readKeyFile(path)).rejects.toThrow(
      expect.objectContaining({ code: "KEY_FILE_MODE" }),
    );
    rmSync(folder, { recursive: true });
  });
});
