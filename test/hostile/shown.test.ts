import { beforeAll, describe, expect, it, vi } from "vitest";
import { ready } from "../../src/shs/index.ts";
import { join } from "../../src/tunnel/join.ts";
import { defaultLogger } from "../../src/vat/default-logger.ts";
import { screen } from "../cli/screen.ts";
import { dialIdle, dialServer, TestServer } from "../net/support/listening.ts";
import { unharmed, unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

/** What would move a cursor, begin a line or turn text around. */
const EVIL = "\n2026-01-01 all is well\r\u001b[2J\u009b2J\u202e\u2028";
const OBEYED = /[^\P{Cc}\n]|[\u2028\u202e]/u;

/** What the default logger writes. */
function logged(fields: object): string {
  const written = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  defaultLogger.error(fields, "a turn failed");
  const [[text] = []] = written.mock.calls;
  written.mockRestore();
  return String(text);
}

describe("what is shown to people", () => {
  it("40 nobody writes lines of a log but the one who logs", () =>
    unharmed(() => {
      const err = new Error(`lost${EVIL}`, { cause: new Error(EVIL) });
      const text = logged({ err, reason: EVIL });
      expect(text.match(/^\S.*/gm)).toHaveLength(1); // the others are indented
      expect(text.trimEnd()).not.toMatch(OBEYED);
    }));

  it("40 why a peer left is escaped by the logger and the command line", () =>
    unharmedBy(async (server) => {
      const onward = await TestServer.open({ suites: ["aead64k"] });
      const peer = await dialServer(server);
      const joined = join(await server.acceptIdle(), await dialIdle(onward));
      const far = await onward.accept();
      peer.socket.end({ code: 1, text: EVIL });
      await far.closed;
      peer.socket.destroy();
      const err = await joined;
      expect(err).toMatchObject({ code: "FAR_END_FAILED" });
      expect(err?.message).toContain(EVIL); // given as sent, to be escaped where it is shown
      const line = logged({ err });
      expect(line.match(/^\S.*/gm)).toHaveLength(1);
      expect(line.trimEnd()).not.toMatch(OBEYED);
      for (const json of [false, true]) {
        const { terminal, err: printed } = screen();
        terminal.json = json;
        terminal.error(err);
        terminal.incident(err, "127.0.0.1");
        expect(printed().trimEnd().split("\n")).toHaveLength(2);
        expect(printed()).not.toMatch(OBEYED);
      }
      await onward.door.close();
    }));
});
