import { describe, expect, it } from "vitest";
import { PeerTable } from "../../src/rpc/peer-table.ts";

/** Low ones, out of order and with gaps, and those that some peers begin with at the other end. */
const IDS = [3, 0, 2047, 2048, 2 ** 31, 2 ** 32 - 1];

function filled(): PeerTable<string> {
  const table = new PeerTable<string>();
  for (const id of IDS) table.add(id, `entry ${id}`);
  return table;
}

describe("a table whose ids the peer chooses", () => {
  it("finds every entry by its id, and nothing by any other", () => {
    const table = filled();
    for (const id of IDS) expect(table.get(id)).toBe(`entry ${id}`);
    for (const id of [1, 2046, 2049, 2 ** 31 - 1]) expect(table.get(id)).toBeUndefined();
  });

  it("counts and lists what is in it", () => {
    const table = filled();
    expect(table.size).toBe(IDS.length);
    const entries = IDS.toSorted((a, b) => a - b).map((id) => `entry ${id}`);
    expect([...table.values()]).toEqual(entries);
    expect(table.takeAll()).toEqual(entries);
    table.remove(3);
    expect([table.size, [...table.values()]]).toEqual([0, []]);
  });

  it("forgets what was removed, so that the id can be used again", () => {
    const table = filled();
    for (const id of IDS) table.remove(id);
    expect([table.size, [...table.values()]]).toEqual([0, []]);
    for (const id of IDS) table.add(id, `again ${id}`);
    for (const id of IDS) expect(table.get(id)).toBe(`again ${id}`);
  });
});
