/** Part of `bench.capnp` as capnp-ts would generate it, by hand: its generator knows no interfaces. */
import * as capnp from "capnp-ts";

const INTERFACE_ID = 0xc78a7d4268954fbcn;

class Empty extends capnp.Struct {
  static override readonly _capnp = shape("Empty", 0, 0);
}

class Payload extends capnp.Struct {
  static override readonly _capnp = shape("Payload", 0, 1);
  get payload(): Uint8Array {
    return capnp.Struct.getData(0, this).toUint8Array();
  }
  set payload(value: Uint8Array) {
    capnp.Struct.initData(0, value.length, this).copyBuffer(value);
  }
}

class Amount extends capnp.Struct {
  static override readonly _capnp = shape("Amount", 8, 0);
  get bytes(): number {
    return capnp.Struct.getUint32(0, this);
  }
  set bytes(value: number) {
    capnp.Struct.setUint32(0, value, this);
  }
}

class Next extends capnp.Struct {
  static override readonly _capnp = shape("Next", 0, 1);
  getNext(): BenchClient {
    return new BenchClient(capnp.getInterfaceClient(0, this));
  }
  setNext(value: capnp.ClientLike): void {
    capnp.setInterfaceClient(0, value, this);
  }
}

class NextPromise extends capnp.RemotePromise<Next> {
  getNext(): BenchClient {
    return new BenchClient(this.pipelineClient(0));
  }
}

function shape(displayName: string, dataBytes: number, pointers: number) {
  return { displayName, id: "b0c2f6d1a7e84955", size: new capnp.ObjectSize(dataBytes, pointers) };
}

const METHODS = {
  echo: method(0, "echo", Payload, Payload),
  fail: method(1, "fail", Empty, Empty),
  next: method(2, "next", Empty, Next),
  take: method(3, "take", Payload, Empty),
  give: method(4, "give", Amount, Payload),
};

function method<P extends capnp.Struct, R extends capnp.Struct>(
  methodId: number,
  methodName: string,
  ParamsClass: capnp.StructCtor<P>,
  ResultsClass: capnp.StructCtor<R>,
): capnp.Method<P, R> {
  const interfaceName = "bench.capnp:Bench";
  const interfaceId = INTERFACE_ID;
  return { interfaceId, interfaceName, methodId, methodName, ParamsClass, ResultsClass };
}

export class BenchClient {
  readonly client: capnp.Client;

  constructor(client: capnp.Client) {
    this.client = client;
  }

  echo(payload: Uint8Array): capnp.RemotePromise<Payload> {
    return this.client.call(METHODS.echo, (params: Payload) => (params.payload = payload));
  }

  fail(): capnp.RemotePromise<Empty> {
    return this.client.call(METHODS.fail);
  }

  next(): NextPromise {
    return this.client.call(METHODS.next, undefined, NextPromise);
  }

  take(payload: Uint8Array): capnp.RemotePromise<Empty> {
    return this.client.call(METHODS.take, (params: Payload) => (params.payload = payload));
  }

  give(bytes: number): capnp.RemotePromise<Payload> {
    return this.client.call(METHODS.give, (params: Amount) => (params.bytes = bytes));
  }

  dispose(): void {
    this.client.dispose();
  }
}

interface BenchTarget {
  readonly echo: capnp.ServerMethodImpl<Payload, Payload>;
  readonly fail: capnp.ServerMethodImpl<Empty, Empty>;
  readonly next: capnp.ServerMethodImpl<Empty, Next>;
  readonly take: capnp.ServerMethodImpl<Payload, Empty>;
  readonly give: capnp.ServerMethodImpl<Amount, Payload>;
}

export class BenchServer extends capnp.Server {
  constructor(target: BenchTarget) {
    super([
      { ...METHODS.echo, impl: target.echo },
      { ...METHODS.fail, impl: target.fail },
      { ...METHODS.next, impl: target.next },
      { ...METHODS.take, impl: target.take },
      { ...METHODS.give, impl: target.give },
    ]);
  }
}

export const BenchInterface: capnp.InterfaceCtor<BenchClient> = {
  _capnp: { displayName: "Bench", id: INTERFACE_ID.toString(16) },
  Client: BenchClient,
};
