import { newerThanThis } from "./codegen-error.ts";
import { type Brand as WireBrand, type Type as WireType } from "./schema.capnp.ts";
import { type AnyKind, type Brand, type Id, type SchemaType } from "./schema.ts";

const ANY: SchemaType = { is: "anyPointer", kind: "any" };

/** @throws CodegenError REQUEST_INVALID */
export function readType(type: WireType.Reader): SchemaType {
  switch (type.which) {
    case "list":
      return { is: "list", element: readType(type.list.elementType) };
    case "enum":
      return { is: "enum", id: type.enum.typeId };
    case "struct":
      return { is: "struct", id: type.struct.typeId, brand: readBrand(type.struct.brand) };
    case "interface":
      return { is: "interface", id: type.interface.typeId, brand: readBrand(type.interface.brand) };
    case "anyPointer":
      return readAnyPointer(type.anyPointer);
    case undefined:
      throw newerThanThis("a type");
    default:
      return { is: type.which };
  }
}

/** @throws CodegenError REQUEST_INVALID */
export function readBrand(brand: WireBrand.Reader): Brand {
  return new Map(
    brand.scopes.map((scope): [Id, readonly SchemaType[] | "inherit"] => {
      if (scope.which === undefined) throw newerThanThis("a brand");
      return [scope.scopeId, scope.which === "inherit" ? "inherit" : scope.bind.map(readBinding)];
    }),
  );
}

const readBinding = (binding: WireBrand.Binding.Reader): SchemaType =>
  binding.which === "type" ? readType(binding.type) : ANY;

function readAnyPointer(type: WireType.AnyPointer.Reader): SchemaType {
  switch (type.which) {
    case "unconstrained":
      return { is: "anyPointer", kind: anyKind(type.unconstrained) };
    case "parameter": {
      const { scopeId, parameterIndex } = type.parameter;
      return { is: "parameter", scopeId, index: parameterIndex };
    }
    case "implicitMethodParameter":
      // Bound by each call, and nothing on the wire says to what: any pointer.
      return ANY;
    case undefined:
      throw newerThanThis("a pointer");
  }
}

function anyKind({ which }: WireType.AnyPointer.Unconstrained.Reader): AnyKind {
  if (which === undefined) throw newerThanThis("a pointer");
  return which === "anyKind" ? "any" : which;
}
