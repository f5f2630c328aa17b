/** By hand, in the shape that capnp-ts's generator (0.9) gives this schema:
 *
 *     struct Parcel { weight @0 :UInt32; label @1 :Text; seal @2 :Data;
 *                     marks @3 :List(UInt16); stops @4 :List(Stop); inner @5 :Parcel; }
 *     struct Stop { place @0 :Text; day @1 :UInt64; }
 *     interface Counter { weigh @0 (parcel :Parcel) -> (grams :UInt64); }
 *     interface Depot extends(Counter) { send @0 Parcel -> Parcel; then @1 () -> (); }
 */
import * as capnp from "capnp-ts";
import { ObjectSize as __O, Struct as __S } from "capnp-ts";

export interface Stop_Shape {
  place?: string;
  day?: bigint;
}
export class Stop extends __S {
  static override readonly _capnp = {
    displayName: "Stop",
    id: "9a7f3c21d4e5b601",
    size: new __O(8, 1),
  };
  get place(): string {
    return __S.getText(0, this);
  }
  set place(value: string) {
    __S.setText(0, value, this);
  }
  get day(): bigint {
    return __S.getUint64(0, this);
  }
  set day(value: bigint) {
    __S.setUint64(0, value, this);
  }
  set(value: Stop_Shape): void {
    if (value.place !== undefined) this.place = value.place;
    if (value.day !== undefined) this.day = value.day;
  }
}

export interface Parcel_Shape {
  weight?: number;
  label?: string;
  seal?: Uint8Array;
  marks?: number[];
  stops?: Stop_Shape[];
  inner?: Parcel_Shape;
}
export class Parcel extends __S {
  static override readonly _capnp = {
    displayName: "Parcel",
    id: "9a7f3c21d4e5b602",
    size: new __O(8, 5),
  };
  static readonly _Stops: capnp.ListCtor<Stop> = compositeList(Stop);
  get weight(): number {
    return __S.getUint32(0, this);
  }
  set weight(value: number) {
    __S.setUint32(0, value, this);
  }
  get label(): string {
    return __S.getText(0, this);
  }
  set label(value: string) {
    __S.setText(0, value, this);
  }
  get seal(): Uint8Array {
    return __S.getData(1, this).toUint8Array();
  }
  set seal(value: Uint8Array) {
    __S.initData(1, value.length, this).copyBuffer(value);
  }
  getMarks(): capnp.List<number> {
    return __S.getList(2, capnp.Uint16List, this);
  }
  initMarks(length: number): capnp.List<number> {
    return __S.initList(2, capnp.Uint16List, length, this);
  }
  getStops(): capnp.List<Stop> {
    return __S.getList(3, Parcel._Stops, this);
  }
  initStops(length: number): capnp.List<Stop> {
    return __S.initList(3, Parcel._Stops, length, this);
  }
  hasInner(): boolean {
    return !__S.isNull(__S.getPointer(4, this));
  }
  getInner(): Parcel {
    return __S.getStruct(4, Parcel, this);
  }
  initInner(): Parcel {
    return __S.initStructAt(4, Parcel, this);
  }
  set(value: Parcel_Shape): void {
    if (value.weight !== undefined) this.weight = value.weight;
    if (value.label !== undefined) this.label = value.label;
    if (value.seal !== undefined) this.seal = value.seal;
    if (value.marks !== undefined) {
      const marks = this.initMarks(value.marks.length);
      value.marks.forEach((mark, i) => {
        marks.set(i, mark);
      });
    }
    if (value.stops !== undefined) {
      const stops = this.initStops(value.stops.length);
      value.stops.forEach((stop, i) => stops.get(i).set(stop));
    }
    if (value.inner !== undefined) this.initInner().set(value.inner);
  }
  get(): Parcel_Shape {
    return {
      weight: this.weight,
      label: this.label,
      seal: this.seal,
      marks: this.getMarks().toArray(),
      stops: this.getStops()
        .toArray()
        .map(({ place, day }) => ({ place, day })),
      ...(this.hasInner() ? { inner: this.getInner().get() } : {}),
    };
  }
}

function compositeList<T extends capnp.Struct>(Element: capnp.StructCtor<T>): capnp.ListCtor<T> {
  return capnp.CompositeList(Element);
}

export class Counter_Weigh$Params extends __S {
  static override readonly _capnp = {
    displayName: "weigh$Params",
    id: "9a7f3c21d4e5b603",
    size: new __O(0, 1),
  };
  getParcel(): Parcel {
    return __S.getStruct(0, Parcel, this);
  }
  initParcel(): Parcel {
    return __S.initStructAt(0, Parcel, this);
  }
  set(value: { parcel?: Parcel_Shape }): void {
    if (value.parcel !== undefined) this.initParcel().set(value.parcel);
  }
}
export class Counter_Weigh$Results extends __S {
  static override readonly _capnp = {
    displayName: "weigh$Results",
    id: "9a7f3c21d4e5b604",
    size: new __O(8, 0),
  };
  get grams(): bigint {
    return __S.getUint64(0, this);
  }
  set grams(value: bigint) {
    __S.setUint64(0, value, this);
  }
}
export class Empty extends __S {
  static override readonly _capnp = {
    displayName: "then$Params",
    id: "9a7f3c21d4e5b605",
    size: new __O(0, 0),
  };
  set(_value: object): void {
    // it has no fields
  }
}

const COUNTER = 0x9a7f3c21d4e5b610n;
const DEPOT = 0x9a7f3c21d4e5b611n;

export class Depot_Client {
  static readonly interfaceId: bigint = DEPOT;
  static readonly methods: [
    capnp.Method<Counter_Weigh$Params, Counter_Weigh$Results>,
    capnp.Method<Parcel, Parcel>,
    capnp.Method<Empty, Empty>,
  ] = [
    {
      interfaceId: COUNTER,
      interfaceName: "parcel.capnp:Counter",
      methodId: 0,
      methodName: "weigh",
      ParamsClass: Counter_Weigh$Params,
      ResultsClass: Counter_Weigh$Results,
    },
    {
      interfaceId: DEPOT,
      interfaceName: "parcel.capnp:Depot",
      methodId: 0,
      methodName: "send",
      ParamsClass: Parcel,
      ResultsClass: Parcel,
    },
    {
      interfaceId: DEPOT,
      interfaceName: "parcel.capnp:Depot",
      methodId: 1,
      methodName: "then",
      ParamsClass: Empty,
      ResultsClass: Empty,
    },
  ];
  readonly client: capnp.Client;
  constructor(client: capnp.Client) {
    this.client = client;
  }
  weigh(
    params?: ((params: Counter_Weigh$Params) => void) | { parcel?: Parcel_Shape },
  ): capnp.RemotePromise<Counter_Weigh$Results> {
    return this.client.call(Depot_Client.methods[0], params);
  }
  send(params?: ((params: Parcel) => void) | Parcel_Shape): capnp.RemotePromise<Parcel> {
    return this.client.call(Depot_Client.methods[1], params);
  }
  then(params?: ((params: Empty) => void) | object): capnp.RemotePromise<Empty> {
    return this.client.call(Depot_Client.methods[2], params);
  }
  dispose(): void {
    this.client.dispose();
  }
}
export interface Depot_ServerTarget {
  weigh: capnp.ServerMethodImpl<Counter_Weigh$Params, Counter_Weigh$Results>;
  send: capnp.ServerMethodImpl<Parcel, Parcel>;
  then: capnp.ServerMethodImpl<Empty, Empty>;
}
export class Depot_Server extends capnp.Server {
  constructor(target: Depot_ServerTarget) {
    super([
      { ...Depot_Client.methods[0], impl: target.weigh },
      { ...Depot_Client.methods[1], impl: target.send },
      { ...Depot_Client.methods[2], impl: target.then },
    ]);
  }
}
export class Depot extends __S {
  static override readonly _capnp = {
    displayName: "Depot",
    id: "9a7f3c21d4e5b611",
    size: new __O(0, 0),
  };
  static readonly Client = Depot_Client;
  static readonly Server = Depot_Server;
}
