import { beforeAll, expect, it } from "vitest";
import { type PeerAddress } from "../../src/net/index.ts";
import { ready } from "../../src/shs/index.ts";
import { dialServer } from "../net/support/listening.ts";
import { unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

it.each([
  ["box-stream", "compact"],
  ["compact", "box-stream"],
] as const)("45 a %s client of a %s server fails, and typed", (theirs, ours) =>
  unharmedBy(
    async (server) => {
      const address: PeerAddress = { ...server.address, suite: theirs };
      const client = await dialServer(server, { address });
      client.send("not what you expect".repeat(10));
      const road = await server.accept();
      expect((await road.closed) as unknown).toMatchObject({
        code: expect.stringMatching(/RECORD_FORGED|STALLED/) as string,
      });
      expect(road.received).toHaveLength(0);
      client.socket.destroy();
      await client.closed;
    },
    { suites: [ours], limits: { recordMs: 100 } },
  ),
);

it.each([
  ["aead64k", "box-stream"],
  ["aead64k", "compact"],
  ["box-stream", "aead64k"],
  ["compact", "aead64k"],
] as const)("45 a %s client of a %s server fails at the first message", (theirs, ours) =>
  unharmedBy(
    async (server) => {
      const address: PeerAddress = { ...server.address, suite: theirs };
      await expect(dialServer(server, { address })).rejects.toThrow(
        expect.objectContaining({ code: "HANDSHAKE_CUT" }),
      );
      expect((await server.refusal()).error).toMatchObject({ code: "WRONG_NETWORK" });
    },
    { suites: [ours] },
  ),
);
