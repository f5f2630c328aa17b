/** What both codecs are measured with. */

export const ISBN = "9780000000002";
export const POINT_COUNT = 1000;
/** Structs that the same code sees: more than an inline cache holds. */
export const CLASSES = 24;

/** The values of record.capnp's `Record`. */
export const RECORD = {
  id: 2n ** 40n,
  count: 7,
  ratio: 0.5,
  open: true,
  kind: 3,
  isbn: "978000002",
  title: "The Left Hand of Darkness, second edition  ",
  key: new Uint8Array(32).fill(5) as Uint8Array,
  place: { x: 1, y: 2 },
  parent: 4_000_000_000,
};

/** A record as either codec reads it. */
export type RecordFields = Readonly<typeof RECORD>;

/** Looks at every field; returns something that depends on them all. */
export function look(record: RecordFields): number {
  const { id, count, ratio, open, kind, isbn, title, key, place, parent } = record;
  const numbers = Number(id) + count + ratio + kind + place.x + place.y + parent;
  return numbers + isbn.length + title.length + key.length + (open ? 1 : 0);
}
