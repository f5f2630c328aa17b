import { onTestFinished } from "vitest";
import {
  dial,
  type DialOptions,
  listen,
  type ListenOptions,
  type PeerAddress,
  type Refusal,
  type RoadListener,
  type SecureSocket,
} from "../../../src/net/index.ts";
import { generateSeed, KeyPair, networkIdentifier } from "../../../src/shs/index.ts";
import { DrivenRoad, withResolvers } from "./road.ts";

export const NETWORK = networkIdentifier("test.example/v1");

/** A listener on a free port of the loopback, closed with the test, that queues what happens. */
export class TestServer {
  readonly keyPair = KeyPair.fromSeed(generateSeed());
  readonly refusals: Refusal[] = [];
  readonly #roads: SecureSocket[] = [];
  readonly #happened = new Set<() => void>();
  #door: RoadListener | undefined;

  static async open(options: Partial<ListenOptions> = {}): Promise<TestServer> {
    const server = new TestServer();
    server.#door = await listen({
      address: { host: "127.0.0.1", port: 0 },
      keyPair: server.keyPair,
      network: NETWORK,
      suites: ["box-stream"],
      admit: () => true,
      ...options,
      accepted: (socket, endpoints) => {
        server.#roads.push(socket);
        options.accepted?.(socket, endpoints);
        server.#tell();
      },
      refused: (refusal) => {
        server.refusals.push(refusal);
        options.refused?.(refusal);
        server.#tell();
      },
    });
    const door = server.#door;
    onTestFinished(() => door.close());
    return server;
  }

  get door(): RoadListener {
    return this.#door!;
  }

  get address(): PeerAddress {
    return this.door.peerAddresses()[0]!;
  }

  get port(): number {
    return this.door.address.port;
  }

  /** The next accepted road, started. */
  async accept(): Promise<DrivenRoad> {
    return new DrivenRoad(await this.acceptIdle());
  }

  /** The next accepted road, nothing read from it yet. */
  async acceptIdle(): Promise<SecureSocket> {
    await this.#until(() => this.#roads.length > 0);
    const road = this.#roads.shift()!;
    onTestFinished(() => {
      road.destroy();
    });
    return road;
  }

  /** Forgets what happened so far, and cuts the roads that nobody took. */
  clear(): void {
    for (const road of this.#roads.splice(0)) road.destroy();
    this.refusals.length = 0;
  }

  async refusal(): Promise<Refusal> {
    await this.#until(() => this.refusals.length > 0);
    return this.refusals.shift()!;
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      const { promise, resolve } = withResolvers<undefined>();
      const tell = () => {
        resolve(undefined);
      };
      this.#happened.add(tell);
      await promise;
      this.#happened.delete(tell);
    }
  }

  #tell(): void {
    for (const tell of this.#happened) tell();
  }
}

/** Dials the server with a new key; cut when the test ends. */
export async function dialIdle(
  server: TestServer,
  options: Partial<DialOptions> = {},
): Promise<SecureSocket> {
  const socket = await dial({
    address: server.address,
    keyPair: KeyPair.fromSeed(generateSeed()),
    network: NETWORK,
    ...options,
  });
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

export async function dialServer(
  server: TestServer,
  options: Partial<DialOptions> = {},
): Promise<DrivenRoad> {
  return new DrivenRoad(await dialIdle(server, options));
}
