/**
 * Such as `library.capnp:Library`, in brands, errors and logs: the file by its own name alone, so
 * that it does not depend on the folder that the compiler was started in.
 */
export function schemaName({ displayName }: { readonly displayName: string }): string {
  return displayName.slice(displayName.lastIndexOf("/", displayName.lastIndexOf(":")) + 1);
}
