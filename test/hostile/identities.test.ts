import { beforeAll, expect, it } from "vitest";
import { generateSeed, KeyPair, ready } from "../../src/shs/index.ts";
import { dialServer } from "../net/support/listening.ts";
import { unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

it("39 one key holds a limited number of roads", () =>
  unharmedBy(
    async (server) => {
      const keyPair = KeyPair.fromSeed(generateSeed());
      const first = await dialServer(server, { keyPair });
      const second = await dialServer(server, { keyPair });
      await expect(dialServer(server, { keyPair })).rejects.toThrow(
        expect.objectContaining({ code: "NOT_ADMITTED" }),
      );
      const road = await server.accept();
      first.socket.destroy();
      await road.closed;
      const third = await dialServer(server, { keyPair }); // room again
      for (const { socket } of [second, third]) socket.destroy();
      await Promise.all([second.closed, third.closed]);
      server.clear();
    },
    { limits: { maxRoadsPerKey: 2, admitMs: 10 } },
  ));
