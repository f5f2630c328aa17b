import { CompositeList, Message, ObjectSize, Struct, type StructCtor } from "capnp-ts";
import {
  type Annotation as WireAnnotation,
  CodeGeneratorRequest,
  CodeGeneratorRequest_RequestedFile as WireFile,
  type Field as WireField,
  Field_Which as FieldWhich,
  Node as WireNode,
  Node_SourceInfo as SourceInfo,
  Node_Which as NodeWhich,
} from "capnp-ts/src/std/schema.capnp.js";
import { CodegenError } from "./codegen-error.ts";
import { readBrand, readType } from "./read-type.ts";
import { readValue } from "./read-value.ts";
import {
  type AnnotationUse,
  type Field,
  type Method,
  type RequestedFile,
  type Schema,
  type SchemaNode,
} from "./schema.ts";

const TAG_BYTES = 2;
const NO_DISCRIMINANT = 0xffff;

/** schema.capnp CodeGeneratorRequest: where its lists are. */
const NODES = 0;
const REQUESTED_FILES = 1;
const SOURCE_INFO = 3;

/**
 * Reads a CodeGeneratorRequest, framed and unpacked as `capnp compile -o-` writes it.
 * @throws CodegenError REQUEST_INVALID
 */
export function readRequest(bytes: Uint8Array): Schema {
  try {
    return schemaOf(new Message(bytes, false).getRoot(CodeGeneratorRequest));
  } catch (cause) {
    throw new CodegenError("REQUEST_INVALID", "this is not a CodeGeneratorRequest", cause);
  }
}

function schemaOf(request: CodeGeneratorRequest): Schema {
  const sources = Struct.getList(SOURCE_INFO, CompositeList(asSent(SourceInfo)), request);
  const docs = new Map(sources.map((info) => [info.getId(), docsOf(info)]));
  const nodes = Struct.getList(NODES, CompositeList(asSent(WireNode)), request).map((node) =>
    nodeOf(node, docs.get(node.getId())),
  );
  const files = Struct.getList(REQUESTED_FILES, CompositeList(asSent(WireFile)), request);
  return {
    nodes: new Map(nodes.map((node) => [node.id, node])),
    files: files.map((file): RequestedFile => ({
      id: file.getId(),
      filename: file.getFilename(),
    })),
  };
}

/**
 * The same struct, of unknown size. capnp-ts grows a list of structs that an older writer sent to
 * the size it knows, by rewriting the received message, and loses their pointers in doing so; the
 * fields that are newer than the writer are none that are read here.
 */
function asSent<T extends Struct>(type: StructCtor<T>): StructCtor<T> {
  return class extends (type as new (...args: never[]) => Struct) {
    static readonly _capnp = { ...type._capnp, size: new ObjectSize(0, 0) };
  } as unknown as StructCtor<T>; // what a class made by a mixin is lies beyond the type checker
}

interface Docs {
  readonly doc: string;
  readonly members: readonly string[];
}

function docsOf(info: SourceInfo): Docs {
  return {
    doc: info.getDocComment(),
    members: info.getMembers().map((member) => member.getDocComment()),
  };
}

function nodeOf(node: WireNode, docs: Docs = { doc: "", members: [] }): SchemaNode {
  const declared = {
    id: node.getId(),
    displayName: node.getDisplayName(),
    scopeId: node.getScopeId(),
    parameters: node.getParameters().map((parameter) => parameter.getName()),
    nested: node.getNestedNodes().map((it) => ({ name: it.getName(), id: it.getId() })),
    annotations: annotationsOf(node),
    doc: docs.doc,
  };
  switch (node.which()) {
    case NodeWhich.FILE:
      return { ...declared, is: "file" };
    case NodeWhich.STRUCT: {
      const struct = node.getStruct();
      return {
        ...declared,
        is: "struct",
        dataWords: struct.getDataWordCount(),
        pointerCount: struct.getPointerCount(),
        isGroup: struct.getIsGroup(),
        tagOffsetBytes:
          struct.getDiscriminantCount() === 0
            ? undefined
            : struct.getDiscriminantOffset() * TAG_BYTES,
        fields: struct.getFields().map((field, i) => fieldOf(field, docs.members[i])),
      };
    }
    case NodeWhich.ENUM: {
      const enumerants = node.getEnum().getEnumerants();
      return {
        ...declared,
        is: "enum",
        enumerants: enumerants.map((enumerant, i) => memberOf(enumerant, docs.members[i])),
      };
    }
    case NodeWhich.INTERFACE: {
      const { methods, superclasses } = interfaceOf(node, docs);
      return { ...declared, is: "interface", methods, superclasses };
    }
    case NodeWhich.CONST: {
      const { type, value } = node.getConst();
      return { ...declared, is: "const", type: readType(type), value: readValue(value) };
    }
    case NodeWhich.ANNOTATION:
      return { ...declared, is: "annotation" };
  }
}

function interfaceOf(node: WireNode, docs: Docs) {
  const target = node.getInterface();
  return {
    methods: target.getMethods().map((method, i): Method => ({
      ...memberOf(method, docs.members[i]),
      params: { id: method.getParamStructType(), brand: readBrand(method.getParamBrand()) },
      results: { id: method.getResultStructType(), brand: readBrand(method.getResultBrand()) },
    })),
    superclasses: target
      .getSuperclasses()
      .map((it) => ({ id: it.getId(), brand: readBrand(it.getBrand()) })),
  };
}

function fieldOf(field: WireField, doc: string | undefined): Field {
  const tag = field.getDiscriminantValue();
  const member = { ...memberOf(field, doc), tag: tag === NO_DISCRIMINANT ? undefined : tag };
  switch (field.which()) {
    case FieldWhich.GROUP:
      return { ...member, is: "group", groupId: field.getGroup().getTypeId() };
    case FieldWhich.SLOT: {
      const slot = field.getSlot();
      return {
        ...member,
        is: "slot",
        offset: slot.getOffset(),
        type: readType(slot.getType()),
        defaultValue: readValue(slot.getDefaultValue()),
      };
    }
  }
}

interface WireMember extends Annotated {
  getName(): string;
}

function memberOf(member: WireMember, doc = "") {
  return {
    name: member.getName(),
    annotations: annotationsOf(member),
    doc,
  };
}

interface Annotated {
  getAnnotations(): { map<T>(each: (annotation: WireAnnotation) => T): T[] };
}

function annotationsOf(node: Annotated): readonly AnnotationUse[] {
  return node.getAnnotations().map((it) => ({ id: it.getId(), value: readValue(it.getValue()) }));
}
