/**
 * The binding of zoo.capnp, written by hand in the shape that the schema compiler writes.
 */
import * as $ from "handfast/capnp";

export type Color = "red" | "green" | "blue" | number;
export const Color = $.enumType({
  name: "zoo.capnp:Color",
  id: 0xbb693b0f6d85fcb7n,
  enumerants: ["red", "green", "blue"],
});

export declare namespace Point {
interface Reader extends $.Readable {
readonly x: number;
readonly y: number;
}
interface Builder extends $.Readable {
x: number;
y: number;
}
interface Init {
readonly x?: number | undefined;
readonly y?: number | undefined;
}
}
class Point$Reader extends $.Struct implements Point.Reader { public constructor(at: $.StructView) { super(at); }
get x(): number { return $.i32(this.$, 0); }
get y(): number { return $.i32(this.$, 4); }
}
class Point$Builder extends $.Struct implements Point.Builder { public constructor(at: $.StructView) { super(at); }
get x(): number { return $.i32(this.$, 0); } set x(value: number) { $.setI32(this.$, 0, value); }
get y(): number { return $.i32(this.$, 4); } set y(value: number) { $.setI32(this.$, 4, value); }
}
export const Point: $.StructType<Point.Reader, Point.Builder, Point.Init, object> = $.struct({ name: "zoo.capnp:Point", id: 0x8f2385f57ef789a5n, dataWords: 1, pointerCount: 0, Reader: Point$Reader, Builder: Point$Builder, fields: ["x", "y"],
set(builder: Point.Builder, init: Point.Init) {
if (init.x !== undefined) builder.x = init.x;
if (init.y !== undefined) builder.y = init.y;
} });
export declare namespace PointV0 {
interface Reader extends $.Readable {
readonly x: number;
}
interface Builder extends $.Readable {
x: number;
}
interface Init {
readonly x?: number | undefined;
}
}
class PointV0$Reader extends $.Struct implements PointV0.Reader { public constructor(at: $.StructView) { super(at); }
get x(): number { return $.i32(this.$, 0); }
}
class PointV0$Builder extends $.Struct implements PointV0.Builder { public constructor(at: $.StructView) { super(at); }
get x(): number { return $.i32(this.$, 0); } set x(value: number) { $.setI32(this.$, 0, value); }
}
export const PointV0: $.StructType<PointV0.Reader, PointV0.Builder, PointV0.Init, object> = $.struct({ name: "zoo.capnp:PointV0", id: 0xbe1dafcfeed42834n, dataWords: 1, pointerCount: 0, Reader: PointV0$Reader, Builder: PointV0$Builder, fields: ["x"],
set(builder: PointV0.Builder, init: PointV0.Init) {
if (init.x !== undefined) builder.x = init.x;
} });
const TEXTS = $.List($.Text);
export declare namespace PointV2 {
interface Reader extends $.Readable {
readonly x: number;
readonly y: number;
readonly z: bigint;
readonly name: string;
readonly tags: $.ListReader<string>;
}
interface Builder extends $.Readable {
x: number;
y: number;
z: bigint;
name: string;
get tags(): $.ListBuilder<string>; set tags(value: $.ListInit<string>);
}
interface Init {
readonly x?: number | undefined;
readonly y?: number | undefined;
readonly z?: bigint | undefined;
readonly name?: string | undefined;
readonly tags?: $.ListInit<string> | undefined;
}
}
class PointV2$Reader extends $.Struct implements PointV2.Reader { public constructor(at: $.StructView) { super(at); }
get x(): number { return $.i32(this.$, 0); }
get y(): number { return $.i32(this.$, 4); }
get z(): bigint { return $.i64(this.$, 8); }
get name(): string { return $.text(this.$, 0); }
get tags(): $.ListReader<string> { return $.get(this.$, 1, TEXTS); }
}
class PointV2$Builder extends $.Struct implements PointV2.Builder { public constructor(at: $.StructView) { super(at); }
get x(): number { return $.i32(this.$, 0); } set x(value: number) { $.setI32(this.$, 0, value); }
get y(): number { return $.i32(this.$, 4); } set y(value: number) { $.setI32(this.$, 4, value); }
get z(): bigint { return $.i64(this.$, 8); } set z(value: bigint) { $.setI64(this.$, 8, value); }
get name(): string { return $.text(this.$, 0); } set name(value: string) { $.setText(this.$, 0, value); }
get tags(): $.ListBuilder<string> { return $.edit(this.$, 1, TEXTS); } set tags(value: $.ListInit<string>) { $.set(this.$, 1, TEXTS, value); }
}
export const PointV2: $.StructType<PointV2.Reader, PointV2.Builder, PointV2.Init, object> = $.struct({ name: "zoo.capnp:PointV2", id: 0x82e8c8dbfc530c22n, dataWords: 2, pointerCount: 2, Reader: PointV2$Reader, Builder: PointV2$Builder, fields: ["x", "y", "z", "name", "tags"],
set(builder: PointV2.Builder, init: PointV2.Init) {
if (init.x !== undefined) builder.x = init.x;
if (init.y !== undefined) builder.y = init.y;
if (init.z !== undefined) builder.z = init.z;
if (init.name !== undefined) builder.name = init.name;
if (init.tags !== undefined) builder.tags = init.tags;
} });
const POINTS = $.List(Point); const POINTS_V0 = $.List(PointV0); const POINTS_V2 = $.List(PointV2); const INT32S = $.List($.Int32);
export declare namespace Points {
interface Reader extends $.Readable {
readonly points: $.ListReader<Point.Reader>;
}
interface Builder extends $.Readable {
get points(): $.ListBuilder<Point.Builder, Point.Init>; set points(value: $.ListInit<Point.Init>);
}
interface Init {
readonly points?: $.ListInit<Point.Init> | undefined;
}
}
class Points$Reader extends $.Struct implements Points.Reader { public constructor(at: $.StructView) { super(at); }
get points(): $.ListReader<Point.Reader> { return $.get(this.$, 0, POINTS); }
}
class Points$Builder extends $.Struct implements Points.Builder { public constructor(at: $.StructView) { super(at); }
get points(): $.ListBuilder<Point.Builder, Point.Init> { return $.edit(this.$, 0, POINTS); } set points(value: $.ListInit<Point.Init>) { $.set(this.$, 0, POINTS, value); }
}
export const Points: $.StructType<Points.Reader, Points.Builder, Points.Init, object> = $.struct({ name: "zoo.capnp:Points", id: 0x82b75d5fea110ed1n, dataWords: 0, pointerCount: 1, Reader: Points$Reader, Builder: Points$Builder, fields: ["points"],
set(builder: Points.Builder, init: Points.Init) {
if (init.points !== undefined) builder.points = init.points;
} });
export declare namespace PointsV0 {
interface Reader extends $.Readable {
readonly points: $.ListReader<PointV0.Reader>;
}
interface Builder extends $.Readable {
get points(): $.ListBuilder<PointV0.Builder, PointV0.Init>; set points(value: $.ListInit<PointV0.Init>);
}
interface Init {
readonly points?: $.ListInit<PointV0.Init> | undefined;
}
}
class PointsV0$Reader extends $.Struct implements PointsV0.Reader { public constructor(at: $.StructView) { super(at); }
get points(): $.ListReader<PointV0.Reader> { return $.get(this.$, 0, POINTS_V0); }
}
class PointsV0$Builder extends $.Struct implements PointsV0.Builder { public constructor(at: $.StructView) { super(at); }
get points(): $.ListBuilder<PointV0.Builder, PointV0.Init> { return $.edit(this.$, 0, POINTS_V0); } set points(value: $.ListInit<PointV0.Init>) { $.set(this.$, 0, POINTS_V0, value); }
}
export const PointsV0: $.StructType<PointsV0.Reader, PointsV0.Builder, PointsV0.Init, object> = $.struct({ name: "zoo.capnp:PointsV0", id: 0x914b994bca147bcen, dataWords: 0, pointerCount: 1, Reader: PointsV0$Reader, Builder: PointsV0$Builder, fields: ["points"],
set(builder: PointsV0.Builder, init: PointsV0.Init) {
if (init.points !== undefined) builder.points = init.points;
} });
export declare namespace PointsV2 {
interface Reader extends $.Readable {
readonly points: $.ListReader<PointV2.Reader>;
}
interface Builder extends $.Readable {
get points(): $.ListBuilder<PointV2.Builder, PointV2.Init>; set points(value: $.ListInit<PointV2.Init>);
}
interface Init {
readonly points?: $.ListInit<PointV2.Init> | undefined;
}
}
class PointsV2$Reader extends $.Struct implements PointsV2.Reader { public constructor(at: $.StructView) { super(at); }
get points(): $.ListReader<PointV2.Reader> { return $.get(this.$, 0, POINTS_V2); }
}
class PointsV2$Builder extends $.Struct implements PointsV2.Builder { public constructor(at: $.StructView) { super(at); }
get points(): $.ListBuilder<PointV2.Builder, PointV2.Init> { return $.edit(this.$, 0, POINTS_V2); } set points(value: $.ListInit<PointV2.Init>) { $.set(this.$, 0, POINTS_V2, value); }
}
export const PointsV2: $.StructType<PointsV2.Reader, PointsV2.Builder, PointsV2.Init, object> = $.struct({ name: "zoo.capnp:PointsV2", id: 0x80f711b641f103aen, dataWords: 0, pointerCount: 1, Reader: PointsV2$Reader, Builder: PointsV2$Builder, fields: ["points"],
set(builder: PointsV2.Builder, init: PointsV2.Init) {
if (init.points !== undefined) builder.points = init.points;
} });
export declare namespace Numbers {
interface Reader extends $.Readable {
readonly points: $.ListReader<number>;
}
interface Builder extends $.Readable {
get points(): $.ListBuilder<number>; set points(value: $.ListInit<number>);
}
interface Init {
readonly points?: $.ListInit<number> | undefined;
}
}
class Numbers$Reader extends $.Struct implements Numbers.Reader { public constructor(at: $.StructView) { super(at); }
get points(): $.ListReader<number> { return $.get(this.$, 0, INT32S); }
}
class Numbers$Builder extends $.Struct implements Numbers.Builder { public constructor(at: $.StructView) { super(at); }
get points(): $.ListBuilder<number> { return $.edit(this.$, 0, INT32S); } set points(value: $.ListInit<number>) { $.set(this.$, 0, INT32S, value); }
}
export const Numbers: $.StructType<Numbers.Reader, Numbers.Builder, Numbers.Init, object> = $.struct({ name: "zoo.capnp:Numbers", id: 0xc2e4669b44f947aen, dataWords: 0, pointerCount: 1, Reader: Numbers$Reader, Builder: Numbers$Builder, fields: ["points"],
set(builder: Numbers.Builder, init: Numbers.Init) {
if (init.points !== undefined) builder.points = init.points;
} });
export declare namespace Names {
interface Reader extends $.Readable {
readonly names: $.ListReader<string>;
}
interface Builder extends $.Readable {
get names(): $.ListBuilder<string>; set names(value: $.ListInit<string>);
}
interface Init {
readonly names?: $.ListInit<string> | undefined;
}
}
class Names$Reader extends $.Struct implements Names.Reader { public constructor(at: $.StructView) { super(at); }
get names(): $.ListReader<string> { return $.get(this.$, 0, TEXTS); }
}
class Names$Builder extends $.Struct implements Names.Builder { public constructor(at: $.StructView) { super(at); }
get names(): $.ListBuilder<string> { return $.edit(this.$, 0, TEXTS); } set names(value: $.ListInit<string>) { $.set(this.$, 0, TEXTS, value); }
}
export const Names: $.StructType<Names.Reader, Names.Builder, Names.Init, object> = $.struct({ name: "zoo.capnp:Names", id: 0xb400c2974756bf14n, dataWords: 0, pointerCount: 1, Reader: Names$Reader, Builder: Names$Builder, fields: ["names"],
set(builder: Names.Builder, init: Names.Init) {
if (init.names !== undefined) builder.names = init.names;
} });
export declare namespace Named {
interface Reader extends $.Readable {
readonly name: string;
readonly age: number;
}
interface Builder extends $.Readable {
name: string;
age: number;
}
interface Init {
readonly name?: string | undefined;
readonly age?: number | undefined;
}
}
class Named$Reader extends $.Struct implements Named.Reader { public constructor(at: $.StructView) { super(at); }
get name(): string { return $.text(this.$, 0); }
get age(): number { return $.u8(this.$, 0); }
}
class Named$Builder extends $.Struct implements Named.Builder { public constructor(at: $.StructView) { super(at); }
get name(): string { return $.text(this.$, 0); } set name(value: string) { $.setText(this.$, 0, value); }
get age(): number { return $.u8(this.$, 0); } set age(value: number) { $.setU8(this.$, 0, value); }
}
export const Named: $.StructType<Named.Reader, Named.Builder, Named.Init, object> = $.struct({ name: "zoo.capnp:Named", id: 0x8fd643fed84ec1ecn, dataWords: 1, pointerCount: 1, Reader: Named$Reader, Builder: Named$Builder, fields: ["name", "age"],
set(builder: Named.Builder, init: Named.Init) {
if (init.name !== undefined) builder.name = init.name;
if (init.age !== undefined) builder.age = init.age;
} });
const NAMED = $.List(Named);
export declare namespace NamedList {
interface Reader extends $.Readable {
readonly names: $.ListReader<Named.Reader>;
}
interface Builder extends $.Readable {
get names(): $.ListBuilder<Named.Builder, Named.Init>; set names(value: $.ListInit<Named.Init>);
}
interface Init {
readonly names?: $.ListInit<Named.Init> | undefined;
}
}
class NamedList$Reader extends $.Struct implements NamedList.Reader { public constructor(at: $.StructView) { super(at); }
get names(): $.ListReader<Named.Reader> { return $.get(this.$, 0, NAMED); }
}
class NamedList$Builder extends $.Struct implements NamedList.Builder { public constructor(at: $.StructView) { super(at); }
get names(): $.ListBuilder<Named.Builder, Named.Init> { return $.edit(this.$, 0, NAMED); } set names(value: $.ListInit<Named.Init>) { $.set(this.$, 0, NAMED, value); }
}
export const NamedList: $.StructType<NamedList.Reader, NamedList.Builder, NamedList.Init, object> = $.struct({ name: "zoo.capnp:NamedList", id: 0xb0244c19fce358aan, dataWords: 0, pointerCount: 1, Reader: NamedList$Reader, Builder: NamedList$Builder, fields: ["names"],
set(builder: NamedList.Builder, init: NamedList.Init) {
if (init.names !== undefined) builder.names = init.names;
} });
export declare namespace Zoo {
type Reader = Fields & $.Readable & ({readonly which: "nothing"; readonly nothing: null } | { readonly which: "number"; readonly number: number } | { readonly which: "name"; readonly name: string } | { readonly which: undefined });
interface Fields {
readonly bool: boolean;
readonly int8: number;
readonly int16: number;
readonly int32: number;
readonly int64: bigint;
readonly uint8: number;
readonly uint16: number;
readonly uint32: number;
readonly uint64: bigint;
readonly float32: number;
readonly float64: number;
readonly boolDefault: boolean;
readonly int8Default: number;
readonly uint16Default: number;
readonly int32Default: number;
readonly uint32Default: number;
readonly int64Default: bigint;
readonly float32Default: number;
readonly float64Default: number;
readonly text: string;
readonly data: Uint8Array;
readonly textDefault: string;
readonly dataDefault: Uint8Array;
readonly point: Point.Reader;
readonly zoo: Zoo.Reader;
readonly pointDefault: Point.Reader;
readonly bools: $.ListReader<boolean>;
readonly voids: $.ListReader<null>;
readonly int8s: $.ListReader<number>;
readonly uint16s: $.ListReader<number>;
readonly int32s: $.ListReader<number>;
readonly uint64s: $.ListReader<bigint>;
readonly float32s: $.ListReader<number>;
readonly float64s: $.ListReader<number>;
readonly texts: $.ListReader<string>;
readonly datas: $.ListReader<Uint8Array>;
readonly colors: $.ListReader<Color>;
readonly points: $.ListReader<Point.Reader>;
readonly matrix: $.ListReader<$.ListReader<number>>;
readonly zoos: $.ListReader<Zoo.Reader>;
readonly listDefault: $.ListReader<number>;
readonly color: Color;
readonly colorDefault: Color;
readonly place: Zoo.Place.Reader;
readonly any: $.AnyPointerReader;
}
interface Builder extends $.Readable { readonly which: "nothing" | "number" | "name" | undefined; nothing: null | undefined; number: number | undefined; name: string | undefined;
bool: boolean;
int8: number;
int16: number;
int32: number;
int64: bigint;
uint8: number;
uint16: number;
uint32: number;
uint64: bigint;
float32: number;
float64: number;
boolDefault: boolean;
int8Default: number;
uint16Default: number;
int32Default: number;
uint32Default: number;
int64Default: bigint;
float32Default: number;
float64Default: number;
text: string;
data: Uint8Array;
textDefault: string;
dataDefault: Uint8Array;
get point(): Point.Builder; set point(value: Point.Init);
get zoo(): Zoo.Builder; set zoo(value: Zoo.Init | Zoo.Builder);
get pointDefault(): Point.Builder; set pointDefault(value: Point.Init);
get bools(): $.ListBuilder<boolean>; set bools(value: $.ListInit<boolean>);
get voids(): $.ListBuilder<null>; set voids(value: $.ListInit<null>);
get int8s(): $.ListBuilder<number>; set int8s(value: $.ListInit<number>);
get uint16s(): $.ListBuilder<number>; set uint16s(value: $.ListInit<number>);
get int32s(): $.ListBuilder<number>; set int32s(value: $.ListInit<number>);
get uint64s(): $.ListBuilder<bigint>; set uint64s(value: $.ListInit<bigint>);
get float32s(): $.ListBuilder<number>; set float32s(value: $.ListInit<number>);
get float64s(): $.ListBuilder<number>; set float64s(value: $.ListInit<number>);
get texts(): $.ListBuilder<string>; set texts(value: $.ListInit<string>);
get datas(): $.ListBuilder<Uint8Array>; set datas(value: $.ListInit<Uint8Array>);
get colors(): $.ListBuilder<Color>; set colors(value: $.ListInit<Color>);
get points(): $.ListBuilder<Point.Builder, Point.Init>; set points(value: $.ListInit<Point.Init>);
get matrix(): $.ListBuilder<$.ListBuilder<number>, $.ListInit<number>>; set matrix(value: $.ListInit<$.ListInit<number>>);
get zoos(): $.ListBuilder<Zoo.Builder, Zoo.Init>; set zoos(value: $.ListInit<Zoo.Init | Zoo.Builder>);
get listDefault(): $.ListBuilder<number>; set listDefault(value: $.ListInit<number>);
color: Color;
colorDefault: Color;
get place(): Zoo.Place.Builder; set place(value: Zoo.Place.Init);
get any(): $.AnyPointerBuilder; set any(value: $.AnyPointerInit);
}
type Init = FieldsInit & ($.OneOf<{ nothing: null; number: number; name: string }> | { readonly nothing?: never; readonly number?: never; readonly name?: never });
interface FieldsInit {
readonly bool?: boolean | undefined;
readonly int8?: number | undefined;
readonly int16?: number | undefined;
readonly int32?: number | undefined;
readonly int64?: bigint | undefined;
readonly uint8?: number | undefined;
readonly uint16?: number | undefined;
readonly uint32?: number | undefined;
readonly uint64?: bigint | undefined;
readonly float32?: number | undefined;
readonly float64?: number | undefined;
readonly boolDefault?: boolean | undefined;
readonly int8Default?: number | undefined;
readonly uint16Default?: number | undefined;
readonly int32Default?: number | undefined;
readonly uint32Default?: number | undefined;
readonly int64Default?: bigint | undefined;
readonly float32Default?: number | undefined;
readonly float64Default?: number | undefined;
readonly text?: string | undefined;
readonly data?: Uint8Array | undefined;
readonly textDefault?: string | undefined;
readonly dataDefault?: Uint8Array | undefined;
readonly point?: Point.Init | undefined;
readonly zoo?: Zoo.Init | undefined;
readonly pointDefault?: Point.Init | undefined;
readonly bools?: $.ListInit<boolean> | undefined;
readonly voids?: $.ListInit<null> | undefined;
readonly int8s?: $.ListInit<number> | undefined;
readonly uint16s?: $.ListInit<number> | undefined;
readonly int32s?: $.ListInit<number> | undefined;
readonly uint64s?: $.ListInit<bigint> | undefined;
readonly float32s?: $.ListInit<number> | undefined;
readonly float64s?: $.ListInit<number> | undefined;
readonly texts?: $.ListInit<string> | undefined;
readonly datas?: $.ListInit<Uint8Array> | undefined;
readonly colors?: $.ListInit<Color> | undefined;
readonly points?: $.ListInit<Point.Init> | undefined;
readonly matrix?: $.ListInit<$.ListInit<number>> | undefined;
readonly zoos?: $.ListInit<Zoo.Init> | undefined;
readonly listDefault?: $.ListInit<number> | undefined;
readonly color?: Color | undefined;
readonly colorDefault?: Color | undefined;
readonly place?: Zoo.Place.Init | undefined;
readonly any?: $.AnyPointerInit | undefined;
}
namespace Place { interface Reader extends $.Readable { readonly longitude: number; readonly label: string } interface Builder extends $.Readable { longitude: number; label: string } interface Init { readonly longitude?: number | undefined; readonly label?: string | undefined } }
}
const ZOO_DATA_DEFAULT = new Uint8Array([1, 2, 3]); const ZOO_MEMBERS = ["nothing", "number", "name"] as const;
const COLORS = $.List(Color); const MATRIX = $.List(INT32S); const ZOOS = $.List(() => Zoo);
const LIST_OF_BOOL = $.List($.Bool);
const LIST_OF_VOID = $.List($.Void);
const LIST_OF_INT8 = $.List($.Int8);
const LIST_OF_UINT16 = $.List($.UInt16);
const LIST_OF_UINT64 = $.List($.UInt64);
const LIST_OF_FLOAT32 = $.List($.Float32);
const LIST_OF_FLOAT64 = $.List($.Float64);
const LIST_OF_DATA = $.List($.Data);
class Zoo$Place$Reader extends $.Struct implements Zoo.Place.Reader { public constructor(at: $.StructView) { super(at); }
get longitude(): number { return $.f64(this.$, 88); }
get label(): string { return $.text(this.$, 23); }
}
class Zoo$Place$Builder extends $.Struct implements Zoo.Place.Builder { public constructor(at: $.StructView) { super(at); }
get longitude(): number { return $.f64(this.$, 88); }
set longitude(value: number) { $.setF64(this.$, 88, value); }
get label(): string { return $.text(this.$, 23); }
set label(value: string) { $.setText(this.$, 23, value); }
}
$.nameFields({ Reader: Zoo$Place$Reader, Builder: Zoo$Place$Builder }, ["longitude", "label"]);
function setPlace(builder: Zoo.Place.Builder, init: Zoo.Place.Init): void { if (init.longitude !== undefined) builder.longitude = init.longitude; if (init.label !== undefined) builder.label = init.label; }
class Zoo$Reader extends $.Struct { public constructor(at: $.StructView) { super(at); }
get bool(): boolean { return $.bool(this.$, 0); }
get int8(): number { return $.i8(this.$, 1); }
get int16(): number { return $.i16(this.$, 2); }
get int32(): number { return $.i32(this.$, 4); }
get int64(): bigint { return $.i64(this.$, 8); }
get uint8(): number { return $.u8(this.$, 16); }
get uint16(): number { return $.u16(this.$, 18); }
get uint32(): number { return $.u32(this.$, 20); }
get uint64(): bigint { return $.u64(this.$, 24); }
get float32(): number { return $.f32(this.$, 32); }
get float64(): number { return $.f64(this.$, 40); }
get boolDefault(): boolean { return $.bool(this.$, 1, true); }
get int8Default(): number { return $.i8(this.$, 17, -5); }
get uint16Default(): number { return $.u16(this.$, 38, 40000); }
get int32Default(): number { return $.i32(this.$, 48, -123456); }
get uint32Default(): number { return $.u32(this.$, 52, 4000000000); }
get int64Default(): bigint { return $.i64(this.$, 56, -5n); }
get float32Default(): number { return $.f32(this.$, 64, 0x3fc00000); }
get float64Default(): number { return $.f64(this.$, 72, 0xfff0000000000000n); }
get text(): string { return $.text(this.$, 0); }
get data(): Uint8Array { return $.data(this.$, 1); }
get textDefault(): string { return $.text(this.$, 18, "hello"); }
get dataDefault(): Uint8Array { return $.data(this.$, 19, ZOO_DATA_DEFAULT); }
get point(): Point.Reader { return $.structAt(this.$, 2, Point); }
get zoo(): Zoo.Reader { return $.structAt(this.$, 3, Zoo); }
get pointDefault(): Point.Reader { return $.structAt(this.$, 20, Point, pointDefault()); }
get bools(): $.ListReader<boolean> { return $.get(this.$, 4, LIST_OF_BOOL); }
get voids(): $.ListReader<null> { return $.get(this.$, 5, LIST_OF_VOID); }
get int8s(): $.ListReader<number> { return $.get(this.$, 6, LIST_OF_INT8); }
get uint16s(): $.ListReader<number> { return $.get(this.$, 7, LIST_OF_UINT16); }
get int32s(): $.ListReader<number> { return $.get(this.$, 8, INT32S); }
get uint64s(): $.ListReader<bigint> { return $.get(this.$, 9, LIST_OF_UINT64); }
get float32s(): $.ListReader<number> { return $.get(this.$, 10, LIST_OF_FLOAT32); }
get float64s(): $.ListReader<number> { return $.get(this.$, 11, LIST_OF_FLOAT64); }
get texts(): $.ListReader<string> { return $.get(this.$, 12, TEXTS); }
get datas(): $.ListReader<Uint8Array> { return $.get(this.$, 13, LIST_OF_DATA); }
get colors(): $.ListReader<Color> { return $.get(this.$, 14, COLORS); }
get points(): $.ListReader<Point.Reader> { return $.get(this.$, 15, POINTS); }
get matrix(): $.ListReader<$.ListReader<number>> { return $.get(this.$, 16, MATRIX); }
get zoos(): $.ListReader<Zoo.Reader> { return $.get(this.$, 17, ZOOS); }
get listDefault(): $.ListReader<number> { return $.get(this.$, 21, INT32S, listDefault()); }
get color(): Color { return $.enumOf(this.$, 36, Color); }
get colorDefault(): Color { return $.enumOf(this.$, 68, Color, 2); }
get place(): Zoo.Place.Reader { return new Zoo$Place$Reader(this.$); }
get which(): "nothing" | "number" | "name" | undefined { return $.which(this.$, 70, ZOO_MEMBERS); }
get nothing(): null | undefined { return $.u16(this.$, 70) === 0 ? null : undefined; }
get number(): number | undefined { return $.u16(this.$, 70) === 1 ? $.u32(this.$, 80) : undefined; }
get name(): string | undefined { return $.u16(this.$, 70) === 2 ? $.text(this.$, 22) : undefined; }
get any(): $.AnyPointerReader { return $.get(this.$, 24, $.AnyPointer); }
}
class Zoo$Builder extends $.Struct implements Zoo.Builder { public constructor(at: $.StructView) { super(at); }
get bool(): boolean { return $.bool(this.$, 0); }
set bool(value: boolean) { $.setBool(this.$, 0, value); }
get int8(): number { return $.i8(this.$, 1); }
set int8(value: number) { $.setI8(this.$, 1, value); }
get int16(): number { return $.i16(this.$, 2); }
set int16(value: number) { $.setI16(this.$, 2, value); }
get int32(): number { return $.i32(this.$, 4); }
set int32(value: number) { $.setI32(this.$, 4, value); }
get int64(): bigint { return $.i64(this.$, 8); }
set int64(value: bigint) { $.setI64(this.$, 8, value); }
get uint8(): number { return $.u8(this.$, 16); }
set uint8(value: number) { $.setU8(this.$, 16, value); }
get uint16(): number { return $.u16(this.$, 18); }
set uint16(value: number) { $.setU16(this.$, 18, value); }
get uint32(): number { return $.u32(this.$, 20); }
set uint32(value: number) { $.setU32(this.$, 20, value); }
get uint64(): bigint { return $.u64(this.$, 24); }
set uint64(value: bigint) { $.setU64(this.$, 24, value); }
get float32(): number { return $.f32(this.$, 32); }
set float32(value: number) { $.setF32(this.$, 32, value); }
get float64(): number { return $.f64(this.$, 40); }
set float64(value: number) { $.setF64(this.$, 40, value); }
get boolDefault(): boolean { return $.bool(this.$, 1, true); }
set boolDefault(value: boolean) { $.setBool(this.$, 1, value, true); }
get int8Default(): number { return $.i8(this.$, 17, -5); }
set int8Default(value: number) { $.setI8(this.$, 17, value, -5); }
get uint16Default(): number { return $.u16(this.$, 38, 40000); }
set uint16Default(value: number) { $.setU16(this.$, 38, value, 40000); }
get int32Default(): number { return $.i32(this.$, 48, -123456); }
set int32Default(value: number) { $.setI32(this.$, 48, value, -123456); }
get uint32Default(): number { return $.u32(this.$, 52, 4000000000); }
set uint32Default(value: number) { $.setU32(this.$, 52, value, 4000000000); }
get int64Default(): bigint { return $.i64(this.$, 56, -5n); }
set int64Default(value: bigint) { $.setI64(this.$, 56, value, -5n); }
get float32Default(): number { return $.f32(this.$, 64, 0x3fc00000); }
set float32Default(value: number) { $.setF32(this.$, 64, value, 0x3fc00000); }
get float64Default(): number { return $.f64(this.$, 72, 0xfff0000000000000n); }
set float64Default(value: number) { $.setF64(this.$, 72, value, 0xfff0000000000000n); }
get text(): string { return $.text(this.$, 0); }
set text(value: string) { $.setText(this.$, 0, value); }
get data(): Uint8Array { return $.data(this.$, 1); }
set data(value: Uint8Array) { $.setData(this.$, 1, value); }
get textDefault(): string { return $.text(this.$, 18, "hello"); }
set textDefault(value: string) { $.setText(this.$, 18, value); }
get dataDefault(): Uint8Array { return $.data(this.$, 19, ZOO_DATA_DEFAULT); }
set dataDefault(value: Uint8Array) { $.setData(this.$, 19, value); }
get point(): Point.Builder { return $.edit(this.$, 2, Point); } set point(value: Point.Init) { $.set(this.$, 2, Point, value); }
get zoo(): Zoo.Builder { return $.edit(this.$, 3, Zoo); } set zoo(value: Zoo.Init | Zoo.Builder) { $.set(this.$, 3, Zoo, value as Zoo.Init); }
get pointDefault(): Point.Builder { return $.edit(this.$, 20, Point); } set pointDefault(value: Point.Init) { $.set(this.$, 20, Point, value); }
get bools(): $.ListBuilder<boolean> { return $.edit(this.$, 4, LIST_OF_BOOL); } set bools(value: $.ListInit<boolean>) { $.set(this.$, 4, LIST_OF_BOOL, value); }
get voids(): $.ListBuilder<null> { return $.edit(this.$, 5, LIST_OF_VOID); } set voids(value: $.ListInit<null>) { $.set(this.$, 5, LIST_OF_VOID, value); }
get int8s(): $.ListBuilder<number> { return $.edit(this.$, 6, LIST_OF_INT8); } set int8s(value: $.ListInit<number>) { $.set(this.$, 6, LIST_OF_INT8, value); }
get uint16s(): $.ListBuilder<number> { return $.edit(this.$, 7, LIST_OF_UINT16); } set uint16s(value: $.ListInit<number>) { $.set(this.$, 7, LIST_OF_UINT16, value); }
get int32s(): $.ListBuilder<number> { return $.edit(this.$, 8, INT32S); } set int32s(value: $.ListInit<number>) { $.set(this.$, 8, INT32S, value); }
get uint64s(): $.ListBuilder<bigint> { return $.edit(this.$, 9, LIST_OF_UINT64); } set uint64s(value: $.ListInit<bigint>) { $.set(this.$, 9, LIST_OF_UINT64, value); }
get float32s(): $.ListBuilder<number> { return $.edit(this.$, 10, LIST_OF_FLOAT32); } set float32s(value: $.ListInit<number>) { $.set(this.$, 10, LIST_OF_FLOAT32, value); }
get float64s(): $.ListBuilder<number> { return $.edit(this.$, 11, LIST_OF_FLOAT64); } set float64s(value: $.ListInit<number>) { $.set(this.$, 11, LIST_OF_FLOAT64, value); }
get texts(): $.ListBuilder<string> { return $.edit(this.$, 12, TEXTS); } set texts(value: $.ListInit<string>) { $.set(this.$, 12, TEXTS, value); }
get datas(): $.ListBuilder<Uint8Array> { return $.edit(this.$, 13, LIST_OF_DATA); } set datas(value: $.ListInit<Uint8Array>) { $.set(this.$, 13, LIST_OF_DATA, value); }
get colors(): $.ListBuilder<Color> { return $.edit(this.$, 14, COLORS); } set colors(value: $.ListInit<Color>) { $.set(this.$, 14, COLORS, value); }
get points(): $.ListBuilder<Point.Builder, Point.Init> { return $.edit(this.$, 15, POINTS); } set points(value: $.ListInit<Point.Init>) { $.set(this.$, 15, POINTS, value); }
get matrix(): $.ListBuilder<$.ListBuilder<number>, $.ListInit<number>> { return $.edit(this.$, 16, MATRIX); } set matrix(value: $.ListInit<$.ListInit<number>>) { $.set(this.$, 16, MATRIX, value); }
get zoos(): $.ListBuilder<Zoo.Builder, Zoo.Init> { return $.edit(this.$, 17, ZOOS); } set zoos(value: $.ListInit<Zoo.Init | Zoo.Builder>) { $.set(this.$, 17, ZOOS, value as $.ListInit<Zoo.Init>); }
get listDefault(): $.ListBuilder<number> { return $.edit(this.$, 21, INT32S); } set listDefault(value: $.ListInit<number>) { $.set(this.$, 21, INT32S, value); }
get color(): Color { return $.enumOf(this.$, 36, Color); }
set color(value: Color) { $.setEnum(this.$, 36, Color, value); }
get colorDefault(): Color { return $.enumOf(this.$, 68, Color, 2); }
set colorDefault(value: Color) { $.setEnum(this.$, 68, Color, value, 2); }
get place(): Zoo.Place.Builder { return new Zoo$Place$Builder(this.$); }
set place(value: Zoo.Place.Init) { setPlace(this.place, value); }
get which(): "nothing" | "number" | "name" | undefined { return $.which(this.$, 70, ZOO_MEMBERS); }
get nothing(): null | undefined { return $.u16(this.$, 70) === 0 ? null : undefined; }
set nothing(value: null | undefined) { if (value === undefined) return; $.setU16(this.$, 70, 0);  }
get number(): number | undefined { return $.u16(this.$, 70) === 1 ? $.u32(this.$, 80) : undefined; }
set number(value: number | undefined) { if (value === undefined) return; $.setU16(this.$, 70, 1); $.setU32(this.$, 80, value); }
get name(): string | undefined { return $.u16(this.$, 70) === 2 ? $.text(this.$, 22) : undefined; }
set name(value: string | undefined) { if (value === undefined) return; $.setU16(this.$, 70, 2); $.setText(this.$, 22, value); }
get any(): $.AnyPointerBuilder { return $.edit(this.$, 24, $.AnyPointer); } set any(value: $.AnyPointerInit) { $.set(this.$, 24, $.AnyPointer, value); }
}
type ZooFaces = $.StructType<Zoo.Reader, Zoo.Builder, Zoo.Init, object>;
export const Zoo: ZooFaces = $.struct({ name: "zoo.capnp:Zoo", id: 0xf45df4fec0fbb473n, dataWords: 12, pointerCount: 25, Reader: Zoo$Reader as $.FaceOf<Zoo.Reader>, Builder: Zoo$Builder,
fields: ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "boolDefault", "int8Default", "uint16Default", "int32Default", "uint32Default", "int64Default", "float32Default", "float64Default", "text", "data", "textDefault", "dataDefault", "point", "zoo", "pointDefault", "bools", "voids", "int8s", "uint16s", "int32s", "uint64s", "float32s", "float64s", "texts", "datas", "colors", "points", "matrix", "zoos", "listDefault", "color", "colorDefault", "place", "any", "nothing", "number", "name"],
set(builder: Zoo.Builder, init: Zoo.Init) {
if (init.bool !== undefined) builder.bool = init.bool;
if (init.int8 !== undefined) builder.int8 = init.int8;
if (init.int16 !== undefined) builder.int16 = init.int16;
if (init.int32 !== undefined) builder.int32 = init.int32;
if (init.int64 !== undefined) builder.int64 = init.int64;
if (init.uint8 !== undefined) builder.uint8 = init.uint8;
if (init.uint16 !== undefined) builder.uint16 = init.uint16;
if (init.uint32 !== undefined) builder.uint32 = init.uint32;
if (init.uint64 !== undefined) builder.uint64 = init.uint64;
if (init.float32 !== undefined) builder.float32 = init.float32;
if (init.float64 !== undefined) builder.float64 = init.float64;
if (init.boolDefault !== undefined) builder.boolDefault = init.boolDefault;
if (init.int8Default !== undefined) builder.int8Default = init.int8Default;
if (init.uint16Default !== undefined) builder.uint16Default = init.uint16Default;
if (init.int32Default !== undefined) builder.int32Default = init.int32Default;
if (init.uint32Default !== undefined) builder.uint32Default = init.uint32Default;
if (init.int64Default !== undefined) builder.int64Default = init.int64Default;
if (init.float32Default !== undefined) builder.float32Default = init.float32Default;
if (init.float64Default !== undefined) builder.float64Default = init.float64Default;
if (init.text !== undefined) builder.text = init.text;
if (init.data !== undefined) builder.data = init.data;
if (init.textDefault !== undefined) builder.textDefault = init.textDefault;
if (init.dataDefault !== undefined) builder.dataDefault = init.dataDefault;
if (init.point !== undefined) builder.point = init.point;
if (init.zoo !== undefined) builder.zoo = init.zoo;
if (init.pointDefault !== undefined) builder.pointDefault = init.pointDefault;
if (init.bools !== undefined) builder.bools = init.bools;
if (init.voids !== undefined) builder.voids = init.voids;
if (init.int8s !== undefined) builder.int8s = init.int8s;
if (init.uint16s !== undefined) builder.uint16s = init.uint16s;
if (init.int32s !== undefined) builder.int32s = init.int32s;
if (init.uint64s !== undefined) builder.uint64s = init.uint64s;
if (init.float32s !== undefined) builder.float32s = init.float32s;
if (init.float64s !== undefined) builder.float64s = init.float64s;
if (init.texts !== undefined) builder.texts = init.texts;
if (init.datas !== undefined) builder.datas = init.datas;
if (init.colors !== undefined) builder.colors = init.colors;
if (init.points !== undefined) builder.points = init.points;
if (init.matrix !== undefined) builder.matrix = init.matrix;
if (init.zoos !== undefined) builder.zoos = init.zoos;
if (init.listDefault !== undefined) builder.listDefault = init.listDefault;
if (init.color !== undefined) builder.color = init.color;
if (init.colorDefault !== undefined) builder.colorDefault = init.colorDefault;
if (init.place !== undefined) builder.place = init.place;
if (init.any !== undefined) builder.any = init.any;
if (init.nothing !== undefined) builder.nothing = init.nothing;
if (init.number !== undefined) builder.number = init.number;
if (init.name !== undefined) builder.name = init.name;
} });

/** (x = 7, y = -7) */
const pointDefault = $.lazy(() => $.constant("AAAAAAEAAAAHAAAA+f///w==", Point));
/** [1, 2, 3] */
const listDefault = $.lazy(() => $.constant("AQAAABwAAAABAAAAAgAAAAMAAAAAAAAA", INT32S));
