import { expect, it } from "vitest";
import { carriesCredentials } from "../../src/codegen/credential-annotation.ts";
import { type Field, type Method } from "../../src/codegen/schema.ts";

const MARK = { id: 0xb8d2f4a6c1e30597n, value: { is: "void" } } as const;
const NOTHING = { id: 0n, brand: new Map() };
const method = (annotations: Method["annotations"]): Method => ({
  name: "unlock",
  doc: "",
  annotations,
  params: NOTHING,
  results: NOTHING,
});
const field = (annotations: Field["annotations"]): Field => ({
  is: "group",
  name: "secret",
  doc: "",
  annotations,
  tag: undefined,
  groupId: 0n,
});

it("a method carries credentials when it is marked, or one of its parameters is", () => {
  expect(carriesCredentials(method([MARK]), [field([])])).toBe(true);
  expect(carriesCredentials(method([]), [field([]), field([MARK])])).toBe(true);
  expect(carriesCredentials(method([]), [field([])])).toBe(false);
});
