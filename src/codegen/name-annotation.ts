import { type AnnotationUse, type Id } from "./schema.ts";

/** handfast/typescript.capnp name: the author's own word for a declaration. */
const NAME: Id = 0xda5c350d7da2767cn;

/** The name that an annotation gives, which is used as it is. */
export function chosenName(annotated: {
  readonly annotations: readonly AnnotationUse[];
}): string | undefined {
  const use = annotated.annotations.find(({ id }) => id === NAME);
  return use?.value.is === "text" ? use.value.value : undefined;
}
