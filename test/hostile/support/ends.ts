import { expect } from "vitest";
import { type Session, type Suite } from "../../../src/shs/index.ts";
import { type TestServer } from "../../net/support/listening.ts";
import { type DrivenRoad } from "../../net/support/road.ts";
import { intruder, type RawClient } from "./attacker.ts";
import { unharmedBy } from "./unharmed.ts";

/** An intruder's wire and session, and the server's end of the road. */
export interface Scene {
  readonly server: TestServer;
  readonly raw: RawClient;
  readonly session: Session;
  readonly road: DrivenRoad;
}

/** Plays the scene and expects this error, and that only this text was delivered. */
export function ends(
  suite: Suite,
  code: string | RegExp,
  delivered: string,
  play: (scene: Scene) => void,
) {
  return unharmedBy(
    async (server) => {
      const { raw, session } = await intruder(server);
      const road = await server.accept();
      play({ server, raw, session, road });
      const error = await road.closed;
      expect((error as { code?: string } | undefined)?.code).toMatch(code);
      expect(road.received.toString()).toBe(delivered);
      raw.socket.destroy();
    },
    { suites: [suite] },
  );
}
