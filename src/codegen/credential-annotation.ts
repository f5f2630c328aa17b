import { type Field, type Id, type Method } from "./schema.ts";

/** handfast/calls.capnp credential */
const CREDENTIAL: Id = 0xb8d2f4a6c1e30597n;

/** Whether a method's parameters, or one of those listed for it, are marked as credentials. */
export function carriesCredentials(method: Method, params: readonly Field[]): boolean {
  return [method, ...params].some(({ annotations }) =>
    annotations.some(({ id }) => id === CREDENTIAL),
  );
}
