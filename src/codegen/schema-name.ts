/** Such as `library.capnp:Library`: the file by its own name, wherever it was compiled. */
export function schemaName({ displayName }: { readonly displayName: string }): string {
  return displayName.slice(displayName.lastIndexOf("/", displayName.lastIndexOf(":")) + 1);
}
