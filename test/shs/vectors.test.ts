import { beforeAll, describe, expect, it } from "vitest";
import {
  ClientHandshake,
  KeyPair,
  offersOf,
  ready,
  type Sealer,
  ServerHandshake,
} from "../../src/shs/index.ts";
import { ByteQueue } from "../../src/base/index.ts";
import { BoxStreamSealer } from "../../src/shs/box-stream.ts";
import { challenge, isLowOrder, openChallenge } from "../../src/shs/key-schedule.ts";
import { ephemeralOf, sha256, signingPair } from "../../src/shs/primitives.ts";
import { bytes, hex, readVectors } from "./support/vectors.ts";

interface Party {
  readonly kx_pk: string;
  readonly kx_sk: string;
  readonly publicKey: string;
  readonly secretKey: string;
  readonly app_mac: string;
}
interface JsState {
  readonly app_key: string;
  readonly local: Party;
  readonly remote: Party;
  readonly secret3: string;
}
interface JsCall {
  readonly name: string;
  readonly args: readonly [JsState, string];
  readonly result: unknown;
}

beforeAll(ready);

function queueOf(content: string | Uint8Array): ByteQueue {
  const queue = new ByteQueue();
  queue.push(typeof content === "string" ? Buffer.from(content) : content);
  return queue;
}

describe("the JavaScript implementation's recorded calls", () => {
  const calls = readVectors("secret-handshake-js-data.json") as readonly JsCall[];
  const named = (name: string) => {
    const found = calls.filter((call) => call.name === name);
    if (found.length === 0) throw new Error(`no vector of ${name}`);
    return found.map((call, index) => ({ ...call, index }));
  };
  const keyPair = (party: Party) => KeyPair.fromSeed(bytes(party.secretKey).subarray(0, 32));
  const ephemeral = (party: Party) => ({
    publicKey: bytes(party.kx_pk),
    secret: bytes(party.kx_sk),
  });
  const helloOf = (party: Party) => bytes(party.app_mac + party.kx_pk);
  const clientOf = ({ app_key, local, remote }: JsState) =>
    new ClientHandshake({
      keyPair: keyPair(local),
      serverKey: bytes(remote.publicKey),
      network: bytes(app_key),
      suite: "box-stream",
      ephemeral: ephemeral(local),
    });
  const serverOf = ({ app_key, local }: JsState) =>
    new ServerHandshake({
      keyPair: keyPair(local),
      offers: offersOf(bytes(app_key), ["box-stream"]),
      ephemeral: () => ephemeral(local),
    });

  it.each(named("createChallenge"))("createChallenge $index", ({ args: [state], result }) => {
    const { app_key, local } = state;
    expect(hex(challenge(bytes(app_key), bytes(local.kx_pk)))).toBe(result);
  });

  it.each(named("verifyChallenge"))("verifyChallenge $index", ({ args, result }) => {
    const [state, message] = args;
    const ap = openChallenge(bytes(state.app_key), bytes(message));
    if (result === null) expect(ap === undefined || isLowOrder(ap)).toBe(true);
    else expect(hex(ap!)).toBe((result as JsState).remote.kx_pk);
  });

  it.each(named("clientVerifyChallenge"))("clientVerifyChallenge $index", ({ args, result }) => {
    const [state, message] = args;
    const client = clientOf(state);
    if (result === null) expect(() => client.receive(bytes(message))).toThrow();
    else expect(client.receive(bytes(message)).is).toBe("send");
  });

  it.each(named("clientCreateAuth"))("clientCreateAuth $index", ({ args: [state], result }) => {
    const step = clientOf(state).receive(helloOf(state.remote));
    expect(step.is === "send" && hex(step.bytes)).toBe(result);
  });

  it.each(named("serverVerifyAuth"))("serverVerifyAuth $index", ({ args, result }) => {
    const [state, message] = args;
    const server = serverOf(state);
    server.receive(helloOf(state.remote));
    if (result === null) {
      expect(() => server.receive(bytes(message))).toThrow();
    } else {
      const step = server.receive(bytes(message));
      expect(step.is === "verified" && hex(step.peer.publicKey)).toBe(
        (result as JsState).remote.publicKey,
      );
    }
  });

  it("serverCreateAccept and clientVerifyAccept meet", () => {
    const accepts = named("serverCreateAccept");
    const auths = named("serverVerifyAuth").filter(({ result }) => result !== null);
    for (const { args, result } of accepts) {
      const state = args[0];
      const auth = auths.find(({ args: [of] }) => of.secret3 === state.secret3)!;
      const server = serverOf(state);
      server.receive(helloOf(state.remote));
      const step = server.receive(bytes(auth.args[1]));
      if (step.is !== "verified") throw new Error("not verified");
      expect(hex(server.accept(step.peer).bytes)).toBe(result);
    }
    for (const { args } of named("clientVerifyAccept")) {
      const [state, message] = args;
      const client = clientOf(state);
      client.receive(helloOf(state.remote));
      expect(client.receive(bytes(message)).is).toBe("established");
    }
  });

  it("toKeys", () => {
    const all = calls.filter(({ name }) => name === "toKeys") as unknown as {
      readonly args: readonly [string | Party];
      readonly result: Party;
    }[];
    expect(all.length).toBe(2);
    for (const { args, result } of all) {
      const seed = typeof args[0] === "string" ? args[0] : args[0].secretKey;
      const pair = signingPair(bytes(seed).subarray(0, 32));
      expect(hex(pair.publicKey)).toBe(result.publicKey);
      expect(hex(pair.secret)).toBe(result.secretKey);
    }
  });
});

/** A whole handshake with every secret given. */
interface Handshake {
  readonly network: string;
  readonly clientSeed: string;
  readonly serverSeed: string;
  readonly clientEphemeral: string;
  readonly serverEphemeral: string;
  readonly messages: readonly [string, string, string, string];
}

/** Runs it, expects the recorded bytes, and returns both sessions. */
function replay(handshake: Handshake, suite: "box-stream" | "compact") {
  const network = bytes(handshake.network);
  const serverKeys = KeyPair.fromSeed(bytes(handshake.serverSeed));
  const client = new ClientHandshake({
    keyPair: KeyPair.fromSeed(bytes(handshake.clientSeed)),
    serverKey: serverKeys.publicKey,
    network,
    suite,
    ephemeral: ephemeralOf(bytes(handshake.clientEphemeral)),
  });
  const server = new ServerHandshake({
    keyPair: serverKeys,
    offers: offersOf(network, [suite]),
    ephemeral: () => ephemeralOf(bytes(handshake.serverEphemeral)),
  });
  const [m1, m2, m3, m4] = handshake.messages;
  expect(hex(client.m1)).toBe(m1);
  const second = server.receive(client.m1);
  if (second.is !== "send") throw new Error("no M2");
  expect(hex(second.bytes)).toBe(m2);
  const third = client.receive(second.bytes);
  if (third.is !== "send") throw new Error("no M3");
  expect(hex(third.bytes)).toBe(m3);
  const verdict = server.receive(third.bytes);
  if (verdict.is !== "verified") throw new Error("not verified");
  const accepted = server.accept(verdict.peer);
  expect(hex(accepted.bytes)).toBe(m4);
  const established = client.receive(accepted.bytes);
  if (established.is !== "established") throw new Error("not established");
  return { client: established.session, server: accepted.session };
}

describe("secret-handshake-cpp's handshakes", () => {
  const { handshake } = readVectors("secret-handshake-cpp.json") as {
    readonly handshake: readonly Record<string, string>[];
  };
  it.each(handshake)("handshake under $network_id", (vector) => {
    const field = (name: string) => vector[name]!;
    const { client, server } = replay(
      {
        network: field("network_id"),
        clientSeed: field("client_seed"),
        serverSeed: field("server_seed"),
        clientEphemeral: field("client_ephemeral_secret"),
        serverEphemeral: field("server_ephemeral_secret"),
        messages: [field("msg1"), field("msg2"), field("msg3"), field("msg4")],
      },
      "box-stream",
    );
    expect(hex(client.channelBinding)).toBe(hex(server.channelBinding));
    expect(hex(server.peer.publicKey)).toBe(field("client_public"));
    const sealed = (sealer: Sealer) => hex(sealer.seal(queueOf("probe")));
    const sealerOf = (name: string) =>
      new BoxStreamSealer(bytes(field(`${name}_key`)), bytes(field(`${name}_nonce`)));
    expect(sealed(client.sealer)).toBe(sealed(sealerOf("client_to_server")));
    expect(sealed(server.sealer)).toBe(sealed(sealerOf("server_to_client")));
  });
});

describe("python-ssb's handshake", () => {
  const { handshake, boxstream } = readVectors("python-ssb-vectors.json") as {
    readonly handshake: Readonly<Record<string, string>>;
    readonly boxstream: {
      readonly plaintexts: readonly string[];
      readonly records: readonly string[];
      readonly goodbye: string;
    };
  };
  const field = (name: string) => handshake[name]!;
  const run = () =>
    replay(
      {
        network: field("app_key"),
        clientSeed: field("client_key_seed"),
        serverSeed: field("server_key_seed"),
        clientEphemeral: field("client_eph_key_seed"),
        serverEphemeral: field("server_eph_key_seed"),
        messages: [
          field("client_challenge"),
          field("server_challenge"),
          field("client_auth"),
          field("server_accept"),
        ],
      },
      "box-stream",
    );

  it("runs over its app key, which is a hash of its name", () => {
    expect(hex(sha256(Buffer.from("app_key")))).toBe(field("app_key"));
  });

  it("gives the records and the goodbye", () => {
    const { client, server } = run();
    boxstream.plaintexts.forEach((plaintext, index) => {
      const sealed = client.sealer.seal(queueOf(bytes(plaintext)));
      expect(hex(sealed)).toBe(boxstream.records[index]);
      for (const part of sealed) server.opener.push(part);
      const received = server.opener.next();
      expect(received?.is === "data" && hex(received.bytes)).toBe(plaintext);
    });
    const goodbye = client.sealer.goodbye();
    expect(hex(goodbye)).toBe(boxstream.goodbye);
    server.opener.push(goodbye);
    expect(server.opener.next()).toEqual({ is: "goodbye" });
    expect(server.opener.ending).toBe("goodbye");
  });
});
