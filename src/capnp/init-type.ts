/** Exactly one member of a union: naming two does not compile. */
export type OneOf<A> = {
  [K in keyof A]: Pick<A, K> & { readonly [N in Exclude<keyof A, K>]?: never };
}[keyof A];

/** The plain form of a struct without fields: `{}`. */
export type NoFields = Readonly<Record<string, never>>;
