import { CapnpError, decode } from "../capnp/index.ts";
import { CodegenError, newerThanThis } from "./codegen-error.ts";
import { readBrand, readType } from "./read-type.ts";
import { readValue } from "./read-value.ts";
import {
  type Annotation as WireAnnotation,
  CodeGeneratorRequest,
  type Field as WireField,
  type Method as WireMethod,
  type Node as WireNode,
} from "./schema.capnp.ts";
import {
  type AnnotationUse,
  type Field,
  type Method,
  type Schema,
  type SchemaNode,
} from "./schema.ts";

/** A schema of everything is 100 KiB; this is to notice a runaway compiler. Our choice. */
export const MAX_REQUEST_BYTES = 256 * 1024 * 1024;

const TAG_BYTES = 2;
const NO_DISCRIMINANT = 0xffff;

/**
 * Reads a CodeGeneratorRequest, framed and unpacked as `capnp compile -o-` writes it.
 * @throws CodegenError REQUEST_INVALID
 */
export function readRequest(bytes: Uint8Array, places: readonly string[] = []): Schema {
  try {
    return schemaOf(decode(CodeGeneratorRequest, bytes, { maxBytes: MAX_REQUEST_BYTES }), places);
  } catch (cause) {
    if (!(cause instanceof CapnpError)) throw cause;
    const why = `this is not a CodeGeneratorRequest: ${cause.message}`;
    throw new CodegenError("REQUEST_INVALID", why, cause);
  }
}

function schemaOf(
  { nodes, requestedFiles, sourceInfo }: CodeGeneratorRequest.Reader,
  places: readonly string[],
): Schema {
  if (requestedFiles.length === 0) {
    throw new CodegenError("REQUEST_INVALID", "a CodeGeneratorRequest that requests no file");
  }
  const docs = new Map(sourceInfo.map((info) => [info.id, docsOf(info)]));
  return {
    nodes: new Map(nodes.map((node) => [node.id, nodeOf(node, docs.get(node.id))])),
    files: requestedFiles.map(({ id, filename }, i) => {
      return { id, filename, place: places[i] ?? filename };
    }),
  };
}

interface Docs {
  readonly doc: string;
  readonly members: readonly string[];
}

const docsOf = ({ docComment, members }: WireNode.SourceInfo.Reader): Docs => ({
  doc: docComment,
  members: members.map((member) => member.docComment),
});

function nodeOf(
  node: WireNode.Reader,
  { doc, members }: Docs = { doc: "", members: [] },
): SchemaNode {
  const declared = {
    id: node.id,
    displayName: node.displayName,
    scopeId: node.scopeId,
    parameters: node.parameters.map(({ name }) => name),
    nested: node.nestedNodes.map(({ name, id }) => ({ name, id })),
    annotations: annotationsOf(node),
    doc,
  };
  switch (node.which) {
    case "file":
    case "annotation":
      return { ...declared, is: node.which };
    case "struct": {
      const { struct } = node;
      return {
        ...declared,
        is: "struct",
        dataWords: struct.dataWordCount,
        pointerCount: struct.pointerCount,
        isGroup: struct.isGroup,
        tagOffsetBytes:
          struct.discriminantCount === 0 ? undefined : struct.discriminantOffset * TAG_BYTES,
        fields: struct.fields.map((field, i) => fieldOf(field, members[i])),
      };
    }
    case "enum": {
      const { enumerants } = node.enum;
      return {
        ...declared,
        is: "enum",
        enumerants: enumerants.map((it, i) => memberOf(it, members[i])),
      };
    }
    case "interface": {
      const { methods, superclasses } = node.interface;
      return {
        ...declared,
        is: "interface",
        methods: methods.map((method, i) => methodOf(method, members[i])),
        superclasses: superclasses.map(({ id, brand }) => ({ id, brand: readBrand(brand) })),
      };
    }
    case "const": {
      const { type, value } = node.const;
      return { ...declared, is: "const", type: readType(type), value: readValue(value) };
    }
    case undefined:
      throw newerThanThis(`the declaration of ${node.displayName}`);
  }
}

function methodOf(method: WireMethod.Reader, doc: string | undefined): Method {
  const { paramStructType, paramBrand, resultStructType, resultBrand } = method;
  return {
    ...memberOf(method, doc),
    params: { id: paramStructType, brand: readBrand(paramBrand) },
    results: { id: resultStructType, brand: readBrand(resultBrand) },
  };
}

function fieldOf(field: WireField.Reader, doc: string | undefined): Field {
  const { discriminantValue: tag } = field;
  const member = { ...memberOf(field, doc), tag: tag === NO_DISCRIMINANT ? undefined : tag };
  switch (field.which) {
    case "group":
      return { ...member, is: "group", groupId: field.group.typeId };
    case "slot": {
      const { offset, type, defaultValue } = field.slot;
      return {
        ...member,
        is: "slot",
        offset,
        type: readType(type),
        defaultValue: readValue(defaultValue),
      };
    }
    case undefined:
      throw newerThanThis(`the field ${field.name}`);
  }
}

interface Annotated {
  readonly annotations: { map<T>(each: (annotation: WireAnnotation.Reader) => T): T[] };
}

interface Named extends Annotated {
  readonly name: string;
}

const memberOf = (member: Named, doc = "") => ({
  name: member.name,
  annotations: annotationsOf(member),
  doc,
});

const annotationsOf = ({ annotations }: Annotated): readonly AnnotationUse[] =>
  annotations.map(({ id, value }) => ({ id, value: readValue(value) }));
