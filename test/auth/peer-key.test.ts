import { expect, it } from "vitest";
import { peerKey, peerKeyStatic } from "../../src/auth/index.ts";
import { nobody, outcome, withCertificate, withKey } from "./support.ts";

const ada = withKey("ada");
const keys = peerKeyStatic(new Map([[ada.peer.id!, "ada"]]));

it("a key says who holds it, whatever is presented", async () => {
  expect(await outcome(keys, "nonsense", ada)).toBe("shs: ada");
});

it("a key that nobody knows is not ours", async () => {
  expect(await outcome(keys, undefined, withKey("eve"))).toBe("not mine, invalid");
});

it("a road that proves no key presents none", async () => {
  expect(await outcome(keys, undefined, nobody)).toBe("not mine, missing");
  expect(await outcome(keys, undefined, withCertificate())).toBe("not mine, missing");
  const self = { peer: { ...ada.peer, transport: "local" as const, id: ada.peer.id! } };
  expect(await outcome(keys, undefined, self)).toBe("not mine, missing");
});

it("a validation of the user's is asked about the key", async () => {
  const asking = peerKey((id) => Promise.resolve({ principal: id.slice(0, 8) }));
  expect(await outcome(asking, undefined, ada)).toBe("shs: ed25519:");
});
