import { existsSync, lstatSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { listen, listenPlain } from "../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier, ready } from "../../src/shs/index.ts";
import { leaveDeadSocket } from "./support/dead-socket.ts";

beforeAll(ready);

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "handfast-bind-"));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
}

const DOORS = {
  plain: (path: string) =>
    listenPlain({ address: { host: "", port: 0, path } }, (road) => {
      road.destroy();
    }),
  proven: (path: string) =>
    listen({
      address: { host: "", port: 0, path },
      keyPair: KeyPair.fromSeed(generateSeed()),
      network: networkIdentifier("bind.test/v1"),
      suites: ["aead64k"],
      admit: () => true,
      accepted: (road) => {
        road.destroy();
      },
    }),
};

describe.each(["plain", "proven"] as const)("a %s door at a path", (kind) => {
  async function opened(path: string): Promise<void> {
    const door = await DOORS[kind](path);
    onTestFinished(() => door.close());
  }

  it("takes the place of one that died, and leaves none behind", async () => {
    const path = join(folder(), "s");
    await leaveDeadSocket(path);
    const door = await DOORS[kind](path);
    expect(lstatSync(path).isSocket()).toBe(true);
    await door.close();
    expect(existsSync(path)).toBe(false);
  });

  it("leaves one that lives, and what is no socket, where they are", async () => {
    const [path, file] = [join(folder(), "s"), join(folder(), "precious")];
    await opened(path);
    writeFileSync(file, "precious");
    for (const taken of [path, file]) {
      await expect(DOORS[kind](taken)).rejects.toMatchObject({
        code: "PORT_IN_USE",
        message: `cannot listen on ${taken}: it is in use`,
      });
    }
    expect(lstatSync(path).isSocket()).toBe(true);
    expect(readFileSync(file, "utf8")).toBe("precious");
  });

  it("says which folder is not there", async () => {
    const missing = join(folder(), "none");
    await expect(DOORS[kind](join(missing, "s"))).rejects.toMatchObject({
      code: "ADDRESS_UNAVAILABLE",
      message: `there is no folder ${missing}`,
    });
  });
});
