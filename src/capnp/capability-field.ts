import { arenaOf, writeCapability } from "./build-pointer.ts";
import { CapnpError } from "./capnp-error.ts";
import { PointerCodec } from "./codec.ts";
import { type Cap, type Client, type InterfaceType, type Servable } from "./interface-type.ts";
import { readCapability } from "./pointer.ts";
import { type PointerType } from "./pointer-type.ts";
import { type Segment } from "./segment.ts";
import { type StructView } from "./struct-view.ts";

/** A reference to an object, as a field, an element or the root of a message. */
export class CapabilityCodec<C extends Client, S extends Servable> extends PointerCodec<
  C,
  Cap<C, S>,
  C
> {
  readonly #type: InterfaceType<C, S>;

  constructor(type: InterfaceType<C, S>) {
    super();
    this.#type = type;
  }

  override read(segment: Segment, at: number): C | undefined {
    const index = readCapability(segment, at);
    if (index === undefined) return undefined;
    const { caps } = segment.arena;
    if (caps === undefined) throw noCapabilities("peer");
    return caps.clientAt(index, this.#type) as C; // the table makes clients of the type it is given
  }

  override absent(): C {
    return this.#type.nullClient;
  }

  override build(segment: Segment, at: number): C {
    return this.read(segment, at) ?? this.absent();
  }

  override write(segment: Segment, at: number, value: Cap<C, S>): void {
    const { caps } = arenaOf(segment);
    if (caps === undefined) throw noCapabilities("caller");
    const index = caps.add(value, this.#type);
    if (index !== undefined) writeCapability(segment, at, index);
  }
}

const codecs = new WeakMap<InterfaceType, CapabilityCodec<Client, Servable>>();

/** The one codec of an interface. */
export function capabilityCodec<C extends Client, S extends Servable>(
  type: InterfaceType<C, S>,
): CapabilityCodec<C, S> {
  let codec = codecs.get(type);
  if (codec === undefined) codecs.set(type, (codec = new CapabilityCodec<Client, Servable>(type)));
  return codec as unknown as CapabilityCodec<C, S>; // it was made from this very type
}

/** The codec of a type that stands behind a pointer: itself, but for an interface. */
export function pointerCodecOf<Reader, Init>(
  type: PointerType<Reader, Init>,
): PointerCodec<Reader, Init> {
  if (type instanceof PointerCodec) return type as PointerCodec<Reader, Init>; // by its definition
  // Every pointer type but those of interfaces is made in this room, as a codec.
  const codec: unknown = capabilityCodec(type as unknown as InterfaceType);
  return codec as PointerCodec<Reader, Init>;
}

/** The capability in pointer field `index`. */
export function cap<C extends Client>(at: StructView, index: number, type: InterfaceType<C>): C {
  const pointer = at.pointers + index * 8;
  const codec = capabilityCodec(type);
  return (pointer < at.end ? codec.read(at.segment, pointer) : undefined) ?? codec.absent();
}

/** Sets the capability in pointer field `index`: a reference, an object, or a promise of one. */
export function setCap<C extends Client, S extends Servable>(
  at: StructView,
  index: number,
  type: InterfaceType<C, S>,
  value: Cap<C, S>,
): void {
  capabilityCodec(type).replace(at.segment, at.pointers + index * 8, value);
}

function noCapabilities(blame: "peer" | "caller"): CapnpError {
  return new CapnpError("NO_CAPABILITIES", "only the messages of a call carry capabilities", blame);
}
