import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Identity } from "handfast";
import { type ListenOptions } from "../../src/net/index.ts";
import { generateSeed, KeyPair, ready } from "../../src/shs/index.ts";
import { createKeyFile } from "../../src/stores/index.ts";
import { dialServer } from "../net/support/listening.ts";
import { shakeHands } from "../shs/support/pair.ts";
import { Counter } from "../support/counter.capnp.ts";
import { LOOPBACK, openVat, TestCounter } from "../vat/support.ts";
import { intruder, machineFor, seal } from "./support/attacker.ts";
import {
  type Beginnings,
  ephemerals,
  revealed,
  type Secrets,
  secretsOf,
  shakenOnceMore,
  shownOf,
} from "./support/secrets.ts";
import { unharmed, unharmedBy } from "./support/unharmed.ts";

beforeAll(ready);

const SUITES = ["aead64k", "box-stream", "compact"] as const;
const MESSAGES = ["M1", "M2", "M3", "M4"] as const;

/** Expects that nothing of it is to be seen, and that it would be seen if it were. */
function expectHidden(secrets: Secrets, things: readonly unknown[]): void {
  const shown = shownOf(things);
  expect(revealed(secrets, shown)).toEqual([]);
  for (const form of [secrets, Object.values(secrets).map((bytes) => Buffer.from(bytes))]) {
    expect(revealed(secrets, shownOf([form]))).toEqual(Object.keys(secrets));
  }
}

/** What a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

/** A server that begins so, each time. */
function listening(begun: Beginnings): Partial<ListenOptions> {
  return {
    suites: [begun.suite],
    keyPair: KeyPair.fromSeed(begun.serverSeed),
    ephemeral: () => ephemerals(begun).serverEphemeral,
  };
}

const errorOf = (promise: Promise<unknown>) => promise.then(null, (error: unknown) => error);

describe.each(SUITES)("of a handshake in %s", (suite) => {
  const beginnings = () => ({
    suite,
    clientSeed: generateSeed(),
    serverSeed: generateSeed(),
    clientEphemeral: generateSeed(), // 32 random bytes, too
    serverEphemeral: generateSeed(),
  });

  it("41 no secret shows in the roads, their ends and what opened them", () => {
    const begun = beginnings();
    const keyPair = KeyPair.fromSeed(begun.clientSeed);
    const serverKeyPair = KeyPair.fromSeed(begun.serverSeed);
    const secrets = secretsOf(begun);
    return unharmedBy(async (server) => {
      const ephemeral = () => ephemerals(begun).clientEphemeral;
      const client = await dialServer(server, { keyPair, ephemeral });
      const road = await server.accept();
      client.send("hello");
      await road.until(5);
      road.send("hello");
      await client.until(5);
      const { client: near, server: far } = shakenOnceMore(begun);
      expect(near.channelBinding).toEqual(client.socket.peer.channelBinding); // the same keys
      expectHidden(secrets, [
        ...[keyPair, serverKeyPair, client.socket, road.socket, road.socket.peer],
        ...[near, far, near.sealer, near.opener, far.sealer, far.opener, server.door],
      ]);
      client.socket.destroy();
      road.socket.destroy();
      await Promise.all([client.closed, road.closed]);
    }, listening(begun));
  });

  it("41 no secret shows in errors", () => {
    const begun = beginnings();
    const keyPair = KeyPair.fromSeed(begun.clientSeed);
    const secrets = secretsOf(begun);
    let admits = true;
    const ephemeral = () => ephemerals(begun).clientEphemeral;
    return unharmedBy(
      async (server) => {
        const errors = MESSAGES.map((message) =>
          thrownBy(() =>
            shakeHands({ ...begun, ...ephemerals(begun), tamper: { message, bit: 1 } }),
          ),
        );
        admits = false;
        errors.push(await errorOf(dialServer(server, { keyPair, ephemeral })));
        errors.push((await server.refusal()).error);
        admits = true;
        const serverKey = KeyPair.fromSeed(begun.serverSeed).publicKey;
        const options = { keyPair, serverKey, ephemeral: ephemeral() };
        const { raw, session } = await intruder(server, machineFor(server, options));
        const road = await server.accept();
        const record = seal(session.sealer, "forged");
        record[record.length - 1]! ^= 1;
        raw.say(record);
        errors.push(await road.closed);
        raw.socket.destroy();
        expect(errors.map((error) => (error as { code: string }).code)).toEqual([
          ...["WRONG_NETWORK", "WRONG_NETWORK", "M3_UNREADABLE", "M4_UNREADABLE"],
          ...["NOT_ADMITTED", "NOT_ADMITTED", "RECORD_FORGED"],
        ]);
        expectHidden(secrets, errors);
      },
      {
        ...listening(begun),
        admit: () => admits,
        limits: { admitMs: 10 },
      },
    );
  });
});

it("41 no secret shows in a vat, its identity, its connections and their peers", () =>
  unharmed(async () => {
    const folder = mkdtempSync(join(tmpdir(), "handfast-hostile-"));
    const identities = await Promise.all(
      ["client", "server"].map(async (name) => {
        const path = join(folder, `${name}.key`);
        await createKeyFile(path, KeyPair.fromSeed(generateSeed()));
        return Identity.load(path);
      }),
    );
    rmSync(folder, { recursive: true });
    const [ours, theirs] = identities as [Identity, Identity];
    const shown: unknown[] = [...identities];
    const bootstrap = (peer: unknown) => {
      shown.push(peer);
      return new TestCounter();
    };
    const server = await openVat({ identity: theirs, admit: "anyone", bootstrap });
    const { address } = await server.listen(LOOPBACK);
    const client = await openVat({ identity: ours });
    const connection = client.connect(address);
    const root = connection.bootstrap(Counter);
    await root.add({ amount: 1 });
    const seedOf = (identity: Identity) => Identity.keyPairOf(identity).revealSeed();
    const secrets = { ours: seedOf(ours), theirs: seedOf(theirs) };
    expectHidden(secrets, [...shown, server, client, connection, await connection.ready, root]);
    await Promise.all([client.close(), server.close()]);
  }));
