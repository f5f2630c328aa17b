/** By hand, in the shape that capnp-ts's generator (0.9) gives this schema:
 *
 *     using Parcel = import "parcel.capnp".Parcel;
 *     interface Scales { weigh @0 (parcel :Parcel) -> (grams :UInt64); }
 *     struct Errand { note @0 :Text; scales @1 :Scales; spare @2 :List(Scales); }
 *     interface Porter {
 *       carry @0 Errand -> Errand;
 *       hire @1 (note :Text) -> (scales :Scales);
 *     }
 *     interface Cell(T) { put @0 (value :T) -> (); get @1 () -> (value :T); }
 */
import * as capnp from "capnp-ts";
import { ObjectSize as __O, Struct as __S } from "capnp-ts";
import {
  Counter_Weigh$Params as Scales_Weigh$Params,
  Counter_Weigh$Results as Scales_Weigh$Results,
  Empty,
  type Parcel_Shape,
} from "./parcel.capnp.ts";

const SCALES = 0xb3d1a5e27c904f10n;
const PORTER = 0xb3d1a5e27c904f11n;
const CELL = 0xb3d1a5e27c904f12n;

export class Scales_Client {
  static readonly interfaceId: bigint = SCALES;
  static readonly methods: [capnp.Method<Scales_Weigh$Params, Scales_Weigh$Results>] = [
    {
      interfaceId: SCALES,
      interfaceName: "porter.capnp:Scales",
      methodId: 0,
      methodName: "weigh",
      ParamsClass: Scales_Weigh$Params,
      ResultsClass: Scales_Weigh$Results,
    },
  ];
  readonly client: capnp.Client;
  constructor(client: capnp.Client) {
    this.client = client;
  }
  weigh(
    params?: ((params: Scales_Weigh$Params) => void) | { parcel?: Parcel_Shape },
  ): capnp.RemotePromise<Scales_Weigh$Results> {
    return this.client.call(Scales_Client.methods[0], params);
  }
  dispose(): void {
    this.client.dispose();
  }
}
export interface Scales_ServerTarget {
  weigh: capnp.ServerMethodImpl<Scales_Weigh$Params, Scales_Weigh$Results>;
}
export class Scales_Server extends capnp.Server {
  constructor(target: Scales_ServerTarget) {
    super([{ ...Scales_Client.methods[0], impl: target.weigh }]);
  }
}
export class Scales extends __S {
  static override readonly _capnp = {
    displayName: "Scales",
    id: "b3d1a5e27c904f10",
    size: new __O(0, 0),
  };
  static readonly Client = Scales_Client;
  static readonly Server = Scales_Server;
}

export interface Errand_Shape {
  note?: string;
  scales?: capnp.ClientLike;
  spare?: readonly capnp.ClientLike[];
}
export class Errand extends __S {
  static override readonly _capnp = {
    displayName: "Errand",
    id: "b3d1a5e27c904f01",
    size: new __O(0, 3),
  };
  get note(): string {
    return __S.getText(0, this);
  }
  set note(value: string) {
    __S.setText(0, value, this);
  }
  hasScales(): boolean {
    return !__S.isNull(__S.getPointer(1, this));
  }
  getScales(): Scales_Client {
    return new Scales_Client(capnp.getInterfaceClient(1, this));
  }
  setScales(value: capnp.ClientLike): void {
    capnp.setInterfaceClient(1, value, this);
  }
  getSpare(): capnp.List<capnp.Interface> {
    return __S.getList(2, capnp.InterfaceList, this);
  }
  initSpare(length: number): capnp.List<capnp.Interface> {
    return __S.initList(2, capnp.InterfaceList, length, this);
  }
  set(value: Errand_Shape): void {
    if (value.note !== undefined) this.note = value.note;
    if (value.scales !== undefined) this.setScales(value.scales);
  }
}

export class Porter_Hire$Params extends __S {
  static override readonly _capnp = {
    displayName: "hire$Params",
    id: "b3d1a5e27c904f02",
    size: new __O(0, 1),
  };
  get note(): string {
    return __S.getText(0, this);
  }
  set note(value: string) {
    __S.setText(0, value, this);
  }
  set(value: { note?: string }): void {
    if (value.note !== undefined) this.note = value.note;
  }
}
export class Porter_Hire$Results extends __S {
  static override readonly _capnp = {
    displayName: "hire$Results",
    id: "b3d1a5e27c904f03",
    size: new __O(0, 1),
  };
  getScales(): Scales_Client {
    return new Scales_Client(capnp.getInterfaceClient(0, this));
  }
  setScales(value: capnp.ClientLike): void {
    capnp.setInterfaceClient(0, value, this);
  }
  set(value: { scales?: capnp.ClientLike }): void {
    if (value.scales !== undefined) this.setScales(value.scales);
  }
}
export class Porter_Hire$Promise extends capnp.RemotePromise<Porter_Hire$Results> {
  getScales(): Scales_Client {
    return new Scales_Client(this.pipelineClient(0));
  }
}
export class Porter_Client {
  static readonly interfaceId: bigint = PORTER;
  static readonly methods: [
    capnp.Method<Errand, Errand>,
    capnp.Method<Porter_Hire$Params, Porter_Hire$Results>,
  ] = [
    {
      interfaceId: PORTER,
      interfaceName: "porter.capnp:Porter",
      methodId: 0,
      methodName: "carry",
      ParamsClass: Errand,
      ResultsClass: Errand,
    },
    {
      interfaceId: PORTER,
      interfaceName: "porter.capnp:Porter",
      methodId: 1,
      methodName: "hire",
      ParamsClass: Porter_Hire$Params,
      ResultsClass: Porter_Hire$Results,
    },
  ];
  readonly client: capnp.Client;
  constructor(client: capnp.Client) {
    this.client = client;
  }
  carry(params?: ((params: Errand) => void) | Errand_Shape): capnp.RemotePromise<Errand> {
    return this.client.call(Porter_Client.methods[0], params);
  }
  hire(params?: ((params: Porter_Hire$Params) => void) | { note?: string }): Porter_Hire$Promise {
    return this.client.call(Porter_Client.methods[1], params, Porter_Hire$Promise);
  }
  dispose(): void {
    this.client.dispose();
  }
}
export interface Porter_ServerTarget {
  carry: capnp.ServerMethodImpl<Errand, Errand>;
  hire: capnp.ServerMethodImpl<Porter_Hire$Params, Porter_Hire$Results>;
}
export class Porter_Server extends capnp.Server {
  constructor(target: Porter_ServerTarget) {
    super([
      { ...Porter_Client.methods[0], impl: target.carry },
      { ...Porter_Client.methods[1], impl: target.hire },
    ]);
  }
}
export class Porter extends __S {
  static override readonly _capnp = {
    displayName: "Porter",
    id: "b3d1a5e27c904f11",
    size: new __O(0, 0),
  };
  static readonly Client = Porter_Client;
  static readonly Server = Porter_Server;
}

export class Cell_Value<T extends capnp.Struct = capnp.Struct> extends __S {
  static override readonly _capnp = {
    displayName: "put$Params",
    id: "b3d1a5e27c904f04",
    size: new __O(0, 1),
  };
  getValue<R extends capnp.Struct = T>(ctor?: capnp.StructCtor<R>): R {
    return __S.getStruct(0, capnp.getGenericBinding(this, 0, ctor), this);
  }
  initValue<R extends capnp.Struct = T>(ctor?: capnp.StructCtor<R>): R {
    return __S.initStructAt(0, capnp.getGenericBinding(this, 0, ctor), this);
  }
  setValue(value: T): void {
    __S.copyFrom(value, __S.getPointer(0, this));
  }
  set(_value: object): void {
    // no field of it has a shape of its own
  }
}
const Cell_Methods: [capnp.Method<Cell_Value, Empty>, capnp.Method<Empty, Cell_Value>] = [
  {
    interfaceId: CELL,
    interfaceName: "porter.capnp:Cell",
    methodId: 0,
    methodName: "put",
    ParamsClass: Cell_Value,
    ResultsClass: Empty,
  },
  {
    interfaceId: CELL,
    interfaceName: "porter.capnp:Cell",
    methodId: 1,
    methodName: "get",
    ParamsClass: Empty,
    ResultsClass: Cell_Value,
  },
];
export class Cell_Client<T extends capnp.Struct = capnp.Struct> {
  static readonly interfaceId: bigint = CELL;
  readonly bindings: [capnp.StructCtor<T>];
  readonly client: capnp.Client;
  readonly methods: [capnp.Method<Cell_Value<T>, Empty>, capnp.Method<Empty, Cell_Value<T>>];
  constructor(client: capnp.Client, bindings: [capnp.StructCtor<T>]) {
    this.client = client;
    this.bindings = bindings;
    this.methods = [
      {
        ...Cell_Methods[0],
        ParamsClass: capnp.bindGeneric(Cell_Value<T>, bindings),
      },
      {
        ...Cell_Methods[1],
        ResultsClass: capnp.bindGeneric(Cell_Value<T>, bindings),
      },
    ];
  }
  put(params?: ((params: Cell_Value<T>) => void) | object): capnp.RemotePromise<Empty> {
    return this.client.call(this.methods[0], params);
  }
  get(params?: ((params: Empty) => void) | object): capnp.RemotePromise<Cell_Value<T>> {
    return this.client.call(this.methods[1], params);
  }
  dispose(): void {
    this.client.dispose();
  }
}
export interface Cell_ServerTarget<T extends capnp.Struct = capnp.Struct> {
  put: capnp.ServerMethodImpl<Cell_Value<T>, Empty>;
  get: capnp.ServerMethodImpl<Empty, Cell_Value<T>>;
}
export class Cell_Server<T extends capnp.Struct = capnp.Struct> extends capnp.Server {
  constructor(target: Cell_ServerTarget<T>, bindings?: [capnp.StructCtor<T>]) {
    super([
      {
        ...Cell_Methods[0],
        ...(bindings === undefined
          ? {}
          : { ParamsClass: capnp.bindGeneric(Cell_Value<T>, bindings) }),
        impl: target.put,
      },
      {
        ...Cell_Methods[1],
        ...(bindings === undefined
          ? {}
          : { ResultsClass: capnp.bindGeneric(Cell_Value<T>, bindings) }),
        impl: target.get,
      },
    ]);
  }
}
export class Cell extends __S {
  static override readonly _capnp = {
    displayName: "Cell",
    id: "b3d1a5e27c904f12",
    size: new __O(0, 0),
  };
  static readonly Client = Cell_Client;
  static readonly Server = Cell_Server;
}
