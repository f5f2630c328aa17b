import { expect } from "vitest";
import { dial, type ListenOptions } from "../../../src/net/index.ts";
import { generateSeed, KeyPair } from "../../../src/shs/index.ts";
import { networkKey } from "../../../src/shs/network.ts";
import { NETWORK, type TestServer } from "../../net/support/listening.ts";
import { type RawClient, rogueServer } from "./attacker.ts";
import { unharmedBy } from "./unharmed.ts";

/** What the attacked server says as `K`. */
export const K = () => networkKey(NETWORK, "aead64k");

/** A short wait after M3, so that every refusal is seen to happen. */
export const QUICK = { limits: { admitMs: 10 } };

/** Says these bytes and expects silence, a hang-up, and that nobody was asked. */
export function dies(
  after: (server: TestServer) => Promise<RawClient>,
  code: string | RegExp,
  limits: Partial<ListenOptions> = QUICK,
) {
  let asked = 0;
  const options: Partial<ListenOptions> = {
    ...limits,
    admit: () => {
      asked += 1;
      return true;
    },
  };
  return unharmedBy(async (server) => {
    const before = asked;
    const raw = await after(server);
    await raw.hungUp;
    const { error } = await server.refusal();
    expect((error as { code: string }).code).toMatch(code);
    expect(asked).toBe(before);
  }, options);
}

/** Dials a server that plays its own game, and expects that this is noticed. */
export async function dialFails(
  code: string,
  play: (raw: RawClient) => Promise<void>,
): Promise<void> {
  const rogue = await rogueServer(play);
  const keyPair = KeyPair.fromSeed(generateSeed());
  const dialling = dial({ address: rogue.address, keyPair, network: NETWORK });
  await expect(dialling).rejects.toMatchObject({ code });
  rogue.close();
}
