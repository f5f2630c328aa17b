/** Exactly one member of a union: naming two does not compile. */
export type OneOf<A> = {
  [K in keyof A]: Pick<A, K> & { readonly [N in Exclude<keyof A, K>]?: never };
}[keyof A];

/**
 * What fills a struct looks at of its union: any member may be there. Were it the `Init` itself, the
 * compiler would make a union of types for every member, and for a large one take minutes.
 */
export type Given<A> = { readonly [K in keyof A]?: A[K] | undefined };

/**
 * The same as `OneOf` of a union so large that the compiler would take minutes over `OneOf`: naming two
 * compiles, and the last of them in the order of the schema is set.
 */
export type SomeOf<A> = Partial<A>;

/** The plain form of a struct without fields: `{}`. */
export type NoFields = Readonly<Record<string, never>>;
