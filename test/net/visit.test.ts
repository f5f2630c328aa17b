import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { parsePeerId, type PeerId } from "../../src/base/index.ts";
import { memoryRoads, type Refusal, type SecureSocket } from "../../src/net/index.ts";
import { DEFAULT_LIMITS } from "../../src/net/limits.ts";
import { RoadPeer } from "../../src/net/road-peer.ts";
import { type AdmitPeer, Visit, type VisitEvents } from "../../src/net/visit.ts";
import { VirtualClock } from "./support/virtual-clock.ts";

const ID = parsePeerId(`ed25519:${"A".repeat(43)}`) as PeerId; // it is one

const ADMITS: readonly (readonly [string, AdmitPeer])[] = [
  ["at once", () => true],
  ["later", () => Promise.resolve(true)],
];

/** A visit whose handshake and listener do as they are told. */
function visit(admit: AdmitPeer, welcome: () => SecureSocket, accepted: VisitEvents["accepted"]) {
  const clock = new VirtualClock();
  const wire = new PassThrough();
  const refusals: Refusal[] = [];
  let left = 0;
  const it = new Visit(
    wire,
    "somewhere",
    { admit, limits: DEFAULT_LIMITS, clock },
    { spoke: () => true, accepted, refused: (refusal) => refusals.push(refusal) },
    { welcome, leave: () => (left += 1) },
  );
  const peer = new RoadPeer(ID, "somewhere", "shs");
  it.judge(peer);
  return { clock, wire, refusals, peer, left: () => left };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

it.each(ADMITS)(
  "a road that breaks before it is there is a refusal; admitted %s",
  async (_, admit) => {
    const fault = new Error("the wire is gone");
    const broken = () => {
      throw fault;
    };
    const visited = visit(admit, broken, () => {});
    await turn();
    visited.clock.advance(DEFAULT_LIMITS.admitMs);
    expect(visited.refusals.map(({ error }) => error)).toMatchObject([
      { code: "NOT_ADMITTED", cause: fault },
    ]);
    expect([visited.wire.destroyed, visited.left(), visited.clock.pending]).toEqual([true, 1, 0]);
  },
);

it.each(ADMITS)("a road whose taker throws is cut; admitted %s", async (_, admit) => {
  const fault = new Error("a bug above");
  const [near] = memoryRoads();
  const road = near as unknown as SecureSocket; // whose peer nobody looks at here
  const visited = visit(
    admit,
    () => road,
    () => {
      throw fault;
    },
  );
  await turn();
  visited.clock.advance(DEFAULT_LIMITS.admitMs);
  await turn();
  expect(near.peer.signal.reason).toBe(fault);
  expect(visited.refusals).toEqual([]);
});
