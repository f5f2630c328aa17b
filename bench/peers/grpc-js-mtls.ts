import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import { HOST } from "./address.ts";
import { type ClientCredentials, selfSigned } from "./certificate.ts";
import { type RpcClient, type RpcPeer } from "./rpc-peer.ts";

/** Not among the compiled files; they lie three folders deep. */
const PROTO = fileURLToPath(new URL("../../../peers/bench.proto", import.meta.url));
const LIMITS = { "grpc.max_receive_message_length": -1 };

/** gRPC over HTTP/2 and TLS with a certificate on each side, as grpc-js does it. */
export const grpcJsMtls: RpcPeer = {
  async serve() {
    const [ours, theirs] = [selfSigned(), selfSigned()];
    const server = new grpc.Server(LIMITS);
    server.addService(service(), METHODS);
    const pair = { cert_chain: Buffer.from(ours.cert), private_key: Buffer.from(ours.key) };
    const secure = grpc.ServerCredentials.createSsl(Buffer.from(theirs.cert), [pair], true);
    const port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`${HOST}:0`, secure, (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
    const credentials: ClientCredentials = { ...theirs, ca: ours.cert };
    return { port, rest: JSON.stringify(credentials) };
  },
  connect({ port, rest }) {
    const { ca, key, cert } = JSON.parse(rest) as ClientCredentials;
    const [root, own, chain] = [Buffer.from(ca), Buffer.from(key), Buffer.from(cert)];
    const secure = grpc.credentials.createSsl(root, own, chain, {
      checkServerIdentity: () => undefined, // pinned by its certificate
    });
    const Client = grpc.makeGenericClientConstructor(service(), "Bench");
    const client = new Client(`${HOST}:${port}`, secure, LIMITS);
    return new Promise((resolve, reject) => {
      client.waitForReady(Date.now() + 5000, (error) => {
        if (error === undefined || error === null) resolve(new GrpcClient(client));
        else reject(error);
      });
    });
  },
};

function service(): grpc.ServiceDefinition {
  const definition = loadSync(PROTO, { longs: Number })["bench.Bench"];
  if (definition === undefined) throw new Error(`${PROTO} has no service`);
  return definition;
}

interface Payload {
  readonly payload: Uint8Array;
}
type Answer = (error: Error | null, value?: object) => void;

const METHODS = {
  Echo: ({ request }: { readonly request: Payload }, answer: Answer) => answer(null, request),
  Fail: (_call: unknown, answer: Answer) => answer(new Error("on purpose")),
  Next: (_call: unknown, answer: Answer) => answer(null, {}),
  Take: (_call: unknown, answer: Answer) => answer(null, {}),
  Give: ({ request }: { readonly request: { readonly bytes: number } }, answer: Answer) => {
    answer(null, { payload: Buffer.alloc(request.bytes) });
  },
  Write: (call: AsyncIterable<Payload>, answer: Answer) => {
    void count(call).then((bytes) => answer(null, { bytes }));
  },
};

async function count(chunks: AsyncIterable<Payload>): Promise<number> {
  let bytes = 0;
  for await (const { payload } of chunks) bytes += payload.length;
  return bytes;
}

class GrpcClient implements RpcClient {
  readonly #client: grpc.GenericClient;

  constructor(client: grpc.GenericClient) {
    this.#client = client;
  }

  echo(payload: Uint8Array) {
    return this.#call<Payload>("Echo", { payload });
  }

  fail() {
    return this.#call("Fail", {});
  }

  /** It has no references and no pipelining: every call waits for the one before. */
  async chain(links: number) {
    for (let link = 1; link < links; link += 1) await this.#call("Next", {});
    await this.echo(new Uint8Array(0));
  }

  take(payload: Uint8Array) {
    return this.#call("Take", { payload });
  }

  give(bytes: number) {
    return this.#call<Payload>("Give", { bytes });
  }

  async stream(chunk: Uint8Array, goOn: () => boolean) {
    const { stream, arrived } = this.#writing();
    while (goOn()) if (!stream.write({ payload: chunk })) await once(stream, "drain");
    stream.end();
    return await arrived;
  }

  close() {
    this.#client.close();
  }

  #writing(): { readonly stream: grpc.WritableCall; readonly arrived: Promise<number> } {
    let done: (error: Error | null, value?: unknown) => void = () => {};
    const arrived = new Promise<number>((resolve, reject) => {
      done = (error, value) => {
        if (error === null)
          resolve((value as { readonly bytes: number }).bytes); // an Amount
        else reject(error);
      };
    });
    return { stream: this.#client.Write(done), arrived };
  }

  #call<Results>(method: "Echo" | "Fail" | "Next" | "Take" | "Give", params: object) {
    return new Promise<Results>((resolve, reject) => {
      this.#client[method](params, (error, value) => {
        if (error === null)
          resolve(value as Results); // the method's own, by the proto
        else reject(error);
      });
    });
  }
}
