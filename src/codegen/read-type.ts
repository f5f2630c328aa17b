import {
  type Brand as WireBrand,
  Brand_Binding_Which as BindingWhich,
  Brand_Scope_Which as ScopeWhich,
  type Type as WireType,
  type Type_AnyPointer as WireAnyPointer,
  Type_AnyPointer_Unconstrained_Which as AnyKindWhich,
  Type_AnyPointer_Which as AnyPointerWhich,
  Type_Which as Which,
} from "capnp-ts/src/std/schema.capnp.js";
import { type AnyKind, type Brand, type Id, type SchemaType } from "./schema.ts";

const ANY: SchemaType = { is: "anyPointer", kind: "any" };

export function readType(type: WireType): SchemaType {
  const which = type.which();
  switch (which) {
    case Which.VOID:
      return { is: "void" };
    case Which.BOOL:
      return { is: "bool" };
    case Which.INT8:
      return { is: "int8" };
    case Which.INT16:
      return { is: "int16" };
    case Which.INT32:
      return { is: "int32" };
    case Which.INT64:
      return { is: "int64" };
    case Which.UINT8:
      return { is: "uint8" };
    case Which.UINT16:
      return { is: "uint16" };
    case Which.UINT32:
      return { is: "uint32" };
    case Which.UINT64:
      return { is: "uint64" };
    case Which.FLOAT32:
      return { is: "float32" };
    case Which.FLOAT64:
      return { is: "float64" };
    case Which.TEXT:
      return { is: "text" };
    case Which.DATA:
      return { is: "data" };
    case Which.LIST:
      return { is: "list", element: readType(type.getList().getElementType()) };
    case Which.ENUM:
      return { is: "enum", id: type.getEnum().getTypeId() };
    case Which.STRUCT: {
      const struct = type.getStruct();
      return { is: "struct", id: struct.getTypeId(), brand: readBrand(struct.getBrand()) };
    }
    case Which.INTERFACE: {
      const target = type.getInterface();
      return { is: "interface", id: target.getTypeId(), brand: readBrand(target.getBrand()) };
    }
    case Which.ANY_POINTER:
      return readAnyPointer(type.getAnyPointer());
  }
}

export function readBrand(brand: WireBrand): Brand {
  return new Map(
    brand.getScopes().map((scope): [Id, readonly SchemaType[] | "inherit"] => {
      if (scope.which() === ScopeWhich.INHERIT) return [scope.getScopeId(), "inherit"];
      const bindings = scope
        .getBind()
        .map((binding) =>
          binding.which() === BindingWhich.TYPE ? readType(binding.getType()) : ANY,
        );
      return [scope.getScopeId(), bindings];
    }),
  );
}

function readAnyPointer(type: WireAnyPointer): SchemaType {
  const which = type.which();
  switch (which) {
    case AnyPointerWhich.UNCONSTRAINED:
      return { is: "anyPointer", kind: anyKind(type.getUnconstrained().which()) };
    case AnyPointerWhich.PARAMETER: {
      const parameter = type.getParameter();
      return {
        is: "parameter",
        scopeId: parameter.getScopeId(),
        index: parameter.getParameterIndex(),
      };
    }
    case AnyPointerWhich.IMPLICIT_METHOD_PARAMETER:
      // Bound by each call, and nothing on the wire says to what: any pointer.
      return ANY;
  }
}

function anyKind(which: AnyKindWhich): AnyKind {
  switch (which) {
    case AnyKindWhich.ANY_KIND:
      return "any";
    case AnyKindWhich.STRUCT:
      return "struct";
    case AnyKindWhich.LIST:
      return "list";
    case AnyKindWhich.CAPABILITY:
      return "capability";
  }
}
