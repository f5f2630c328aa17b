import { type NamedField, type StructDeclaration } from "./declaration.ts";
import { type Place } from "./file-scope.ts";
import { block, call, type Lines, quote } from "./lines.ts";
import { type SlotField, type Value } from "./schema.ts";
import { type Slot, slotOf } from "./slot.ts";
import { argumentList, pipelineMembers, unionFields } from "./struct-types.ts";
import { schemaName } from "./schema-name.ts";
import { type TypeText } from "./type-text.ts";
import { type ValueText } from "./value-text.ts";

/** Spelt out in every class: V8 makes objects of an inherited constructor at half the speed. */
const CONSTRUCTOR = "public constructor(at: $.StructView) { super(at); }";

/** What a struct is called in generated code. */
export interface StructNames {
  /** What the names of its classes begin with: `Outer$Inner`. */
  readonly prefix: string;
  /** Its types, such as `Outer.Inner.Reader`. */
  readonly reader: string;
  readonly builder: string;
  readonly init: string;
}

/** The names of a struct that a schema declares. */
export function namesOf({ path, typeParameters }: StructDeclaration): StructNames {
  const scope = path.join(".");
  const names = argumentList(typeParameters);
  return {
    prefix: path.join("$"),
    reader: `${scope}.Reader${names}`,
    builder: `${scope}.Builder${names}`,
    init: `${scope}.Init${names}`,
  };
}

/**
 * Writes the classes of a struct and of its groups, with what they need, and at the end the
 * expression that defines the struct.
 */
export class StructValues {
  readonly #struct: StructDeclaration;
  readonly #names: StructNames;
  readonly #types: TypeText;
  readonly #values: ValueText;
  readonly #place: Place;
  readonly #fields: readonly FieldCode[];
  /** Consts that the classes refer to, made once. */
  readonly #hoisted: string[] = [];

  constructor(struct: StructDeclaration, names: StructNames, types: TypeText, values: ValueText) {
    this.#struct = struct;
    this.#names = names;
    this.#types = types;
    this.#values = values;
    this.#place = { path: [], typeParameters: struct.typeParameters };
    this.#fields = struct.fields.map((it) => this.#code(it));
  }

  /** The classes; what they refer to comes first. */
  lines(): Lines {
    const { prefix } = this.#names;
    const groups = this.#struct.fields.flatMap(({ group }) => group ?? []);
    return [
      ...groups.flatMap((group) => [
        ...new StructValues(group, namesOf(group), this.#types, this.#values).lines(),
        ...clearGroup(group),
        `$.nameFields({ Reader: ${classOf(group, "Reader")}, Builder: ${classOf(group, "Builder")} }, ${fieldNames(group)});`,
      ]),
      ...this.#hoisted,
      ...this.#unionNames(),
      ...block(`class ${prefix}$Reader extends $.Struct`, [CONSTRUCTOR, ...this.#readers()]),
      ...this.#face(),
      ...block(`class ${prefix}$Builder extends $.Struct`, [CONSTRUCTOR, ...this.#builders()]),
      ...this.#pipeline(),
      ...this.#setter(),
    ];
  }

  /** The call that makes the struct's type; `typed` where nothing tells it what that is to be. */
  definition(typed = false): Lines {
    const { node } = this.#struct;
    const { prefix } = this.#names;
    const parts = [
      `name: ${quote(schemaName(node))}`,
      `id: 0x${node.id.toString(16)}n`,
      `dataWords: ${node.dataWords}`,
      `pointerCount: ${node.pointerCount}`,
      `Reader: ${prefix}$${readerClass(this.#struct)}`,
      `Builder: ${prefix}$Builder`,
      ...(this.#hasPipeline() ? [`Pipeline: ${prefix}$Pipeline`] : []),
      `fields: ${fieldNames(this.#struct)}`,
      `set: ${this.#fields.length === 0 ? "$.setNothing" : `${prefix}$set`}`,
    ];
    // A union's setter does not look at the `Init` itself.
    const isTyped = typed || unionFields(this.#struct).length > 0;
    return call(`$.struct${isTyped ? this.#typeArguments() : ""}`, parts);
  }

  #typeArguments(): string {
    const { path, typeParameters } = this.#struct;
    const { reader, builder, init } = this.#names;
    const pipeline = `${path.join(".")}.Pipeline${argumentList(typeParameters)}`;
    return `<${[reader, builder, init, pipeline].join(", ")}>`;
  }

  #unionNames(): Lines {
    const union = unionFields(this.#struct);
    if (union.length === 0) return [];
    const names = union.map(({ name }) => quote(name));
    return [`const ${this.#names.prefix}$which = [${names.join(", ")}] as const;`];
  }

  /** Of a union's reader no class can say that one member is there and the others are not. */
  #face(): Lines {
    const { prefix, reader } = this.#names;
    if (readerClass(this.#struct) === "Reader") return [];
    return [`const ${prefix}$Face = $.faceOf<${reader}>(${prefix}$Reader);`];
  }

  #which(): Lines {
    const { tagOffsetBytes } = this.#struct.node;
    const union = unionFields(this.#struct);
    if (tagOffsetBytes === undefined || union.length === 0) return [];
    const type = [...union.map(({ name }) => quote(name)), "undefined"].join(" | ");
    const names = `${this.#names.prefix}$which`;
    return [`get which(): ${type} { return $.which(this.$, ${tagOffsetBytes}, ${names}); }`];
  }

  #readers(): Lines {
    return [
      ...this.#which(),
      ...this.#fields.map(({ name, tag, reader, code }) =>
        getter(name, reader, this.#whenTagged(tag, code.read)),
      ),
    ];
  }

  #builders(): Lines {
    return [
      ...this.#which(),
      ...this.#fields.flatMap(({ name, tag, builder, init, code }) => {
        const get = getter(name, builder, this.#whenTagged(tag, code.edit));
        const mark = tag === undefined ? "" : `${this.#writeTag(tag)} `;
        const value = code.write.includes("value") ? "value" : "_value";
        return [get, `set ${name}(${value}: ${init}) { ${mark}${code.write} }`];
      }),
    ];
  }

  #whenTagged(tag: number | undefined, read: string): string {
    const { tagOffsetBytes } = this.#struct.node;
    if (tag === undefined || tagOffsetBytes === undefined) return read;
    return `$.u16(this.$, ${tagOffsetBytes}) === ${tag} ? ${read} : undefined`;
  }

  #writeTag(tag: number): string {
    return `$.setU16(this.$, ${this.#struct.node.tagOffsetBytes ?? 0}, ${tag});`;
  }

  #hasPipeline(): boolean {
    // What the compiler made for a method has no name that another struct's field could have.
    const isNamed = this.#struct.node.scopeId !== 0n;
    return isNamed && pipelineMembers(this.#struct, this.#types).length > 0;
  }

  #pipeline(): Lines {
    if (!this.#hasPipeline()) return [];
    return block(`class ${this.#names.prefix}$Pipeline extends $.Pipeline`, this.pipelineGetters());
  }

  /** What a call whose results this struct is, and its own pipeline, have for getters. */
  pipelineGetters(): Lines {
    return this.#struct.fields.flatMap(({ field, name, group }) => {
      if (group) {
        if (pipelineMembers(group, this.#types).length === 0) return [];
        const type = `${group.path.join(".")}.Pipeline${argumentList(group.typeParameters)}`;
        return [getter(name, type, `$.pipelineGroup(this, ${classOf(group, "Pipeline")})`)];
      }
      if (field.is !== "slot") return [];
      const type = this.#types.pipeline(field.type, this.#place);
      if (type === undefined) return [];
      const value = this.#typeValue(name, field);
      return [getter(name, type, `$.pipelineOf(this, ${field.offset}, ${value})`)];
    });
  }

  #setter(): Lines {
    const { prefix, builder } = this.#names;
    const body = this.#fields.flatMap(({ name, isGroup, tag, code }) => {
      const assign =
        isGroup && tag === undefined
          ? `${code.setGroup}(to.${name}, $.given(from.${name}))`
          : `to.${name} = from.${name}`;
      return [`if (from.${name} !== undefined) ${assign};`];
    });
    return body.length === 0
      ? []
      : block(`function ${prefix}$set(to: ${builder}, from: ${this.#given()}): void`, body);
  }

  /** The plain form that the setter looks at, where the members of a union exclude one another. */
  #given(): string {
    const { path, typeParameters, fields } = this.#struct;
    const union = unionFields(this.#struct);
    if (union.length === 0) return this.#names.init;
    const args = argumentList(typeParameters);
    const choices = `$.Given<${path.join(".")}.Choices${args}>`;
    return union.length === fields.length
      ? choices
      : `${path.join(".")}.FieldsInit${args} & ${choices}`;
  }

  #code(named: NamedField): FieldCode {
    const { field, name, group } = named;
    if (group) return { ...this.#groupCode(group), name, tag: field.tag, isGroup: true };
    if (field.is !== "slot") throw new TypeError(`${name} is a group without a declaration`);
    const slot = slotOf({
      field,
      type: this.#typeValue(name, field),
      fallback: this.#fallback(name, field),
    });
    return {
      name,
      tag: field.tag,
      isGroup: false,
      reader: this.#types.reader(field.type, this.#place),
      builder: this.#types.builder(field.type, this.#place),
      init: this.#types.init(field.type, this.#place),
      code: { ...slot, setGroup: "" },
    };
  }

  #groupCode(group: StructDeclaration) {
    const names = namesOf(group);
    const { prefix } = names;
    return {
      reader: names.reader,
      builder: names.builder,
      init: names.init,
      code: {
        read: `new ${prefix}$${readerClass(group)}(this.$)`,
        edit: `new ${prefix}$Builder(this.$)`,
        write: `$.setGroup(new ${prefix}$Builder(this.$), value, ${prefix}$clear, ${prefix}$set);`,
        setGroup: `${prefix}$set`,
      },
    };
  }

  /** The field's type as a value, made once where making it takes anything. */
  #typeValue(name: string, { type }: SlotField): string {
    if (!this.#values.isMade(type)) return this.#values.type(type, this.#place);
    const made = `${this.#names.prefix}$${name}`;
    const text = this.#values.type(type, this.#place);
    if (type.is === "list") {
      this.#hoist(made, text);
      return made;
    }
    this.#hoist(made, `$.lazy(() => ${text})`);
    return `${made}()`;
  }

  #fallback(name: string, { type, defaultValue }: SlotField): string | undefined {
    if (defaultValue.is === "text") {
      return defaultValue.value === "" ? undefined : quote(defaultValue.value);
    }
    const made = `${this.#names.prefix}$${name}$default`;
    if (defaultValue.is === "data") {
      if (defaultValue.bytes.length === 0) return undefined;
      this.#hoist(made, `$.bytes(${quote(base64(defaultValue.bytes))})`);
      return made;
    }
    if (defaultValue.is !== "pointer") return undefined;
    const value = this.#typeValue(name, { type } as SlotField);
    this.#hoist(made, `$.lazy(() => ${constantText(defaultValue, value)})`);
    return `${made}()`;
  }

  #hoist(name: string, value: string): void {
    const line = `const ${name} = ${value};`;
    if (!this.#hoisted.includes(line)) this.#hoisted.push(line);
  }
}

interface FieldCode {
  readonly name: string;
  readonly tag: number | undefined;
  readonly isGroup: boolean;
  readonly reader: string;
  readonly builder: string;
  readonly init: string;
  readonly code: Pick<Slot, "read" | "edit" | "write"> & { readonly setGroup: string };
}

/** The expression that reads a value of the schema out of the message it was compiled to. */
export function constantText(value: Extract<Value, { is: "pointer" }>, type: string): string {
  return `$.constant(${quote(base64(value.message))}, ${type})`;
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

const getter = (name: string, type: string, value: string): string =>
  `get ${name}(): ${type}${value.endsWith(": undefined") ? " | undefined" : ""} { return ${value}; }`;

const classOf = (group: StructDeclaration, face: string): string =>
  `${group.path.join("$")}$${face}`;

/** What reads it: the class, or the class in the guise of a type that it cannot say it has. */
const readerClass = (struct: StructDeclaration): string =>
  unionFields(struct).length > 0 ? "Face" : "Reader";

const fieldNames = ({ fields }: StructDeclaration): string =>
  `[${fields.map(({ name }) => quote(name)).join(", ")}]`;

/** A group that becomes the active member of a union finds what the last one left behind. */
function clearGroup(group: StructDeclaration): Lines {
  const { tagOffsetBytes } = group.node;
  const tag = tagOffsetBytes === undefined ? [] : [`$.setU16(at, ${tagOffsetBytes}, 0);`];
  const fields = group.fields.flatMap(({ field, group: inner }) => {
    if (inner) return [`${inner.path.join("$")}$clear(at);`];
    return field.is === "slot" ? [slotOf({ field, type: "", fallback: undefined }).clear] : [];
  });
  const body = [...tag, ...fields.filter((it) => it !== "")];
  const parameter = body.length === 0 ? "" : "at: $.StructView";
  return block(`function ${group.path.join("$")}$clear(${parameter}): void`, body);
}
