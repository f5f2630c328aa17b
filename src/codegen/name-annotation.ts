import { CodegenError } from "./codegen-error.ts";
import { type AnnotationUse, type Id } from "./schema.ts";

/** handfast/typescript.capnp name: the author's own word for a declaration. */
const NAME: Id = 0xda5c350d7da2767cn;

/** `$` is for names of ours, and no schema's names begin with `_`. */
const IDENTIFIER = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * What TypeScript calls a declaration: what its annotation says, else what `rule` makes of its own
 * name. Throws `NAME_INVALID` for a choice that is no identifier or that the rule would change,
 * `REQUEST_INVALID` for a name that no compiler lets pass.
 */
export function nameOf(
  annotated: { readonly annotations: readonly AnnotationUse[] },
  own: string,
  rule: (name: string) => string = (name) => name,
): string {
  requireIdentifier(own);
  const use = annotated.annotations.find(({ id }) => id === NAME);
  if (use?.value.is !== "text") return rule(own);
  const chosen = use.value.value;
  if (IDENTIFIER.test(chosen) && rule(chosen) === chosen) return chosen;
  const why = IDENTIFIER.test(chosen) ? "is taken in generated TypeScript" : "is no identifier";
  throw new CodegenError("NAME_INVALID", `${own}: $Ts.name("${chosen}") ${why}`);
}

/** Names become code, so what is no name must not get any further. Throws `REQUEST_INVALID`. */
export function requireIdentifier(name: string): void {
  if (IDENTIFIER.test(name)) return;
  throw new CodegenError("REQUEST_INVALID", `${JSON.stringify(name)} is no name`);
}
