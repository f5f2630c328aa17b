import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AuthContext, AuthError, parsePeerId } from "../../src/base/index.ts";
import { thrownBy } from "../support/thrown.ts";

const SECRET = "a claim that is nobody's business";
const claims = { note: SECRET, groups: [{ name: SECRET }] };
const ada = () => AuthContext.of({ domain: "test", principal: "ada", claims });

describe("an AuthContext", () => {
  it("says who, by which proof, and what the proof said", () => {
    expect(ada()).toMatchObject({ domain: "test", principal: "ada", authenticated: true });
    expect(ada().claims).toEqual(claims);
    expect(ada().expiresAt).toBeUndefined();
  });

  it("cannot be changed, nor can its claims, however deep they lie", () => {
    const auth = ada();
    const change = (action: () => unknown) => {
      expect(thrownBy(action)).toBeInstanceOf(TypeError);
    };
    change(() => Object.assign(auth, { principal: "eve" }));
    change(() => Object.assign(auth, { extra: 1 }));
    change(() => Object.assign(auth.claims, { note: "" }));
    const { groups } = auth.claims as typeof claims;
    change(() => groups.push({ name: "admin" }));
    change(() => Object.assign(groups[0]!, { name: "admin" }));
    expect(auth.principal).toBe("ada");
  });

  it("does not change with the object that its claims came from", () => {
    const mine = { groups: ["readers"] };
    const auth = AuthContext.of({ domain: "test", principal: "ada", claims: mine });
    mine.groups.push("admins");
    expect(auth.claims).toEqual({ groups: ["readers"] });
  });

  it("does not change with the date that it was given or gave", () => {
    const expiresAt = new Date(1000);
    const auth = AuthContext.of({ domain: "test", principal: "ada", expiresAt });
    expiresAt.setTime(9_999_999);
    auth.expiresAt?.setTime(9_999_999);
    expect(auth.expiresAt?.getTime()).toBe(1000);
  });

  it("shows its claims neither to inspect nor to JSON nor to a copy", () => {
    const auth = ada();
    const shown = [
      inspect(auth, { depth: null, showHidden: true, getters: true }),
      JSON.stringify(auth),
      inspect(Object.assign({}, auth), { depth: null }),
    ];
    expect(shown.join("\n")).not.toContain(SECRET);
    expect(JSON.parse(JSON.stringify(auth))).toEqual({
      domain: "test",
      principal: "ada",
      authenticated: true,
    });
  });

  it("of nobody has no domain, and is refused where somebody is needed", () => {
    const nobody = AuthContext.anonymous();
    expect(nobody).toMatchObject({ domain: null, authenticated: false, principal: undefined });
    expect(nobody.claims).toEqual({});
    expect(thrownBy(() => nobody.requireAuthenticated())).toMatchObject({
      code: "PERMISSION_DENIED",
      reason: "missing",
    });
    expect(thrownBy(() => nobody.requireAuthenticated())).toBeInstanceOf(AuthError);
    expect(ada().requireAuthenticated().principal).toBe("ada");
  });

  it("of a peer has what its road has proven, and nothing else", () => {
    const { signal } = new AbortController();
    const id = parsePeerId(`ed25519:${"a".repeat(42)}A`)!;
    const shs = { id, address: "", transport: "shs", signal } as const;
    expect(AuthContext.ofPeer(shs)).toMatchObject({ domain: "shs", principal: id });
    const mtls = { ...shs, transport: "mtls", claims: { subject: "CN=ada" } } as const;
    expect(AuthContext.ofPeer(mtls)).toMatchObject({ domain: "mtls" });
    expect(AuthContext.ofPeer(mtls).claims).toEqual({ subject: "CN=ada" });
    const plain = { id: undefined, address: "", transport: "memory", signal } as const;
    expect(AuthContext.ofPeer(plain)).toBe(AuthContext.anonymous());
  });

  it("is not made with a date that is none", () => {
    const expiresAt = new Date("soon");
    const make = () => AuthContext.of({ domain: "test", principal: "ada", expiresAt });
    expect(thrownBy(make)).toBeInstanceOf(RangeError);
  });
});
