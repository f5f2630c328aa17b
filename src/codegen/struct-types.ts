import { type NamedField, type StructDeclaration, type TypeParameter } from "./declaration.ts";
import { type Place } from "./file-scope.ts";
import { block, docComment, type Lines, quote } from "./lines.ts";
import { type TypeText } from "./type-text.ts";

/** What the faces of a struct are called in the namespace that holds them. */
export interface FaceNames {
  readonly reader: string;
  readonly builder: string;
  readonly init: string;
}

const FACES: FaceNames = { reader: "Reader", builder: "Builder", init: "Init" };

/** The types of a struct: what its namespace holds besides what is nested in it. */
export function structTypes(struct: StructDeclaration, text: TypeText): Lines {
  const pipeline = pipelineMembers(struct, text);
  const parameters = parameterList(struct.typeParameters);
  return [
    ...readerType(struct, FACES, text),
    ...builderType(struct, FACES, text),
    ...initType(struct, FACES, text),
    ...(pipeline.length === 0
      ? [`type Pipeline${parameters} = object;`]
      : block(`interface Pipeline${parameters}`, pipeline)),
    ...(struct.typeParameters.length === 0 || struct.node.isGroup ? [] : [typeAlias(struct)]),
  ];
}

function typeAlias({ typeParameters }: StructDeclaration): string {
  const names = argumentList(typeParameters);
  const faces = ["Reader", "Builder", "Init", "Pipeline"].map((face) => face + names);
  return `type Type${parameterList(typeParameters)} = $.StructType<${faces.join(", ")}>;`;
}

export function readerType(struct: StructDeclaration, names: FaceNames, text: TypeText): Lines {
  const parameters = parameterList(struct.typeParameters);
  const member = (field: NamedField): string =>
    `readonly ${field.name}: ${faceOf(field, "reader", struct, text)};`;
  const common = commonFields(struct).flatMap((it) => [...docComment(it.field.doc), member(it)]);
  const union = unionFields(struct);
  if (union.length === 0) {
    return common.length === 0
      ? [`type ${names.reader}${parameters} = $.StructReader;`]
      : block(`interface ${names.reader}${parameters} extends $.StructReader`, common);
  }
  const choices = union.flatMap((it) => [
    ...docComment(it.field.doc),
    `| { readonly which: ${quote(it.name)}; ${member(it).slice(0, -1)} }`,
  ]);
  const fields =
    common.length === 0 ? "$.StructReader" : `Fields${argumentList(struct.typeParameters)}`;
  return [
    `type ${names.reader}${parameters} = ${fields} &`,
    "  (",
    ...[...choices, "| { readonly which: undefined }"].map((line) => `    ${line}`),
    "  );",
    ...(common.length === 0
      ? []
      : block(`interface Fields${parameters} extends $.StructReader`, common)),
  ];
}

export function builderType(struct: StructDeclaration, names: FaceNames, text: TypeText): Lines {
  const parameters = parameterList(struct.typeParameters);
  const members = struct.fields.flatMap((it): Lines => {
    const got = faceOf(it, "builder", struct, text);
    const set = faceOf(it, "init", struct, text);
    const read = it.field.tag === undefined ? got : `${got} | undefined`;
    const doc = docComment(it.field.doc);
    if (read === set) return [...doc, `${it.name}: ${got};`];
    return [...doc, `get ${it.name}(): ${read};`, `set ${it.name}(value: ${set});`];
  });
  const union = unionFields(struct).map(({ name }) => quote(name));
  const which =
    union.length === 0 ? [] : [`readonly which: ${[...union, "undefined"].join(" | ")};`];
  const all = [...which, ...members];
  return all.length === 0
    ? [`type ${names.builder}${parameters} = $.StructReader;`]
    : block(`interface ${names.builder}${parameters} extends $.StructReader`, all);
}

/**
 * Members of a union that the compiler keeps apart. Its work grows with their square, and where a
 * reader is copied with their cube: a second at 128, half a minute at 256. Measured with tsc 6.0.
 */
const MAX_EXCLUSIVE = 128;

export function initType(struct: StructDeclaration, names: FaceNames, text: TypeText): Lines {
  const parameters = parameterList(struct.typeParameters);
  const common = commonFields(struct).flatMap((it) => [
    ...docComment(it.field.doc),
    `readonly ${it.name}?: ${faceOf(it, "init", struct, text)} | undefined;`,
  ]);
  const union = unionFields(struct);
  if (union.length === 0) {
    return common.length === 0
      ? [
          `type ${names.init}${parameters} = $.NoFields${names === FACES ? " | $.StructReader" : ""};`,
        ]
      : block(`interface ${names.init}${parameters}`, common);
  }
  const choices = union.flatMap((it) => [
    ...docComment(it.field.doc),
    `readonly ${it.name}: ${faceOf(it, "init", struct, text)};`,
  ]);
  const chosen = union.length > MAX_EXCLUSIVE ? "SomeOf" : "OneOf";
  const args = argumentList(struct.typeParameters);
  const [fields, inherits] =
    common.length === 0 ? ["", ""] : [`FieldsInit${args} & `, ` extends FieldsInit${args}`];
  return [
    `type ${names.init}${parameters} = (${fields}$.${chosen}<Choices${args}>) | NoChoice${args} | ${names.builder}${args};`,
    ...block(`interface Choices${parameters}`, choices),
    ...block(`interface NoChoice${parameters}${inherits}`, [
      // As in a reader whose member only a newer schema knows.
      "readonly which?: undefined;",
      ...union.map(({ name }) => `readonly ${name}?: never;`),
    ]),
    ...(common.length === 0 ? [] : block(`interface FieldsInit${parameters}`, common)),
  ];
}

/** The declarations of what can be called or followed before the struct has arrived. */
export function pipelineMembers(struct: StructDeclaration, text: TypeText): Lines {
  return pipelineFields(struct, text).map(({ name, type }) => `readonly ${name}: ${type};`);
}

interface PipelineField {
  readonly name: string;
  readonly type: string;
}

/** What of a struct can be called or followed before it has arrived. */
export function pipelineFields(
  struct: StructDeclaration,
  text: TypeText,
): readonly PipelineField[] {
  const place = placeIn(struct);
  return struct.fields.flatMap(({ field, name, group }) => {
    if (group) {
      const pipelines = pipelineFields(group, text).length > 0;
      return pipelines ? [{ name, type: groupFace(group, "Pipeline") }] : [];
    }
    const type = field.is === "slot" ? text.pipeline(field.type, place) : undefined;
    return type === undefined ? [] : [{ name, type }];
  });
}

function faceOf(
  { field, group }: NamedField,
  face: "reader" | "builder" | "init",
  struct: StructDeclaration,
  text: TypeText,
): string {
  if (field.is === "slot") return text[face](field.type, placeIn(struct));
  return group ? groupFace(group, `${face.charAt(0).toUpperCase()}${face.slice(1)}`) : "never";
}

/** A group's namespace is nested in its struct's, so its own name reaches it. */
function groupFace(group: StructDeclaration, face: string): string {
  return `${group.path.at(-1) ?? ""}.${face}${argumentList(group.typeParameters)}`;
}

const placeIn = ({ path, typeParameters }: StructDeclaration): Place => ({ path, typeParameters });

const commonFields = ({ fields }: StructDeclaration) =>
  fields.filter(({ field }) => field.tag === undefined);

/** The members of the struct's union, in the order of their tags. */
export function unionFields({ fields }: StructDeclaration): readonly NamedField[] {
  return fields
    .filter(({ field }) => field.tag !== undefined)
    .sort((a, b) => (a.field.tag ?? 0) - (b.field.tag ?? 0));
}

/** `<Key extends $.PointerType = …>`, or nothing. */
export function parameterList(parameters: readonly TypeParameter[]): string {
  if (parameters.length === 0) return "";
  const each = parameters.map(({ name }) => `${name} extends $.PointerType = typeof $.AnyPointer`);
  return `<${each.join(", ")}>`;
}

/** `<Key>`, or nothing. */
export function argumentList(parameters: readonly TypeParameter[]): string {
  return parameters.length === 0 ? "" : `<${parameters.map(({ name }) => name).join(", ")}>`;
}
