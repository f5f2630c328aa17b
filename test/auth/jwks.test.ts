import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { beforeAll, describe, expect, it } from "vitest";
import { jwt } from "../../src/auth/index.ts";
import { type Fetch, Jwks } from "../../src/auth/jwks.ts";
import { MAX_JWKS_BYTES } from "../../src/auth/limits.ts";
import { thrownBy } from "../support/thrown.ts";
import { outcome } from "./support.ts";
import { VirtualClock } from "../net/support/virtual-clock.ts";

type PrivateKey = Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];

const URI = "https://issuer.example/jwks";
const json = (value: unknown) => new Response(JSON.stringify(value));

/** An issuer that publishes this, and counts how often it is asked. */
function published(answer: () => Response | Promise<Response>) {
  const clock = new VirtualClock();
  const asked: string[] = [];
  const fetch: Fetch = (url) => {
    asked.push(url.href);
    return Promise.resolve().then(answer);
  };
  return { clock, asked, jwks: new Jwks(URI, { fetch, clock }) };
}

const codeOf = (call: Promise<unknown>) =>
  call.then(
    () => "no error",
    (error: unknown) => (error as { code: unknown }).code,
  );

describe("a key set", () => {
  it("is fetched once for all who wait, and kept for ten minutes", async () => {
    const { clock, asked, jwks } = published(() => json({ keys: [] }));
    const [first, second] = await Promise.all([jwks.current(), jwks.current()]);
    expect(first).toBe(second);
    clock.advance(10 * 60_000 - 1);
    expect(await jwks.current()).toBe(first);
    expect(asked).toEqual([URI]);
    clock.advance(1);
    expect(await jwks.current()).not.toBe(first);
    expect(asked).toHaveLength(2);
  });

  it("is fetched anew for a key that it lacks, but not twice in half a minute", async () => {
    const { clock, asked, jwks } = published(() => json({ keys: [] }));
    const first = await jwks.current();
    expect(await jwks.after(first)).toBeUndefined();
    clock.advance(30_000);
    const [second, other] = await Promise.all([jwks.after(first), jwks.after(first)]);
    expect(second).toBe(other);
    expect(await jwks.after(first)).toBe(second); // which is newer already
    expect(await jwks.after(second!)).toBeUndefined();
    expect(asked).toHaveLength(2);
  });

  it("that cannot be had is not asked for again at once", async () => {
    const { clock, asked, jwks } = published(() => new Response("no", { status: 503 }));
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(await codeOf(jwks.current())).toBe("JWKS_UNAVAILABLE");
    }
    expect(asked).toHaveLength(1);
    clock.advance(30_000);
    expect(await codeOf(jwks.current())).toBe("JWKS_UNAVAILABLE");
    expect(asked).toHaveLength(2);
  });

  it("does for an hour more while no newer one can be had", async () => {
    let up = true;
    const { clock, asked, jwks } = published(() =>
      up ? json({ keys: [] }) : new Response("no", { status: 503 }),
    );
    const old = await jwks.current();
    up = false;
    clock.advance(10 * 60_000);
    expect(await Promise.all([jwks.current(), jwks.current()])).toEqual([old, old]);
    expect(await jwks.current()).toBe(old); // too early to ask again
    expect(asked).toHaveLength(2);
    clock.advance(60 * 60_000 - 1);
    expect(await jwks.current()).toBe(old);
    clock.advance(1);
    expect(await codeOf(jwks.current())).toBe("JWKS_UNAVAILABLE");
    up = true;
    clock.advance(30_000);
    expect(await jwks.current()).not.toBe(old);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ["is no JSON", () => new Response("<html>")],
    ["is no key set", () => json({ key: [] })],
    ["is nothing", () => json(null)],
    ["is longer than any", () => json({ keys: [], pad: "x".repeat(MAX_JWKS_BYTES) })],
    ["is no UTF-8", () => new Response(Uint8Array.of(0x7b, 0xff, 0x7d))],
    ["was moved", () => new Response(null, { status: 304 })],
    ["is out of reach", () => Promise.reject(new Error("ECONNREFUSED"))],
  ])("that %s is not used", async (_, answer) => {
    expect(await codeOf(published(answer).jwks.current())).toBe("JWKS_UNAVAILABLE");
  });

  it("without an end is given up at its limit", async () => {
    let pulled = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull: (stream) => {
        pulled += 1;
        stream.enqueue(new Uint8Array(64 * 1024).fill(0x20));
      },
    });
    const { jwks } = published(() => new Response(endless));
    expect(await codeOf(jwks.current())).toBe("JWKS_UNAVAILABLE");
    expect(pulled).toBeLessThan(10);
  });

  it("that does not come in time is given up", async () => {
    const never: Fetch = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          reject(new Error("too late"));
        });
      });
    const jwks = new Jwks(URI, { fetch: never, fetchMs: 1 });
    expect(await codeOf(jwks.current())).toBe("JWKS_UNAVAILABLE");
  });

  it("comes by https, and is not led elsewhere", async () => {
    let how = {};
    const jwks = new Jwks(URI, {
      fetch: (_, init) => {
        how = init;
        return Promise.resolve(json({ keys: [] }));
      },
    });
    await jwks.current();
    expect(how).toMatchObject({ redirect: "error" });
    expect(() => new Jwks("http://127.0.0.1:8080/jwks")).not.toThrow();
    expect(() => new Jwks("http://[::1]:8080/jwks")).not.toThrow();
    for (const uri of [
      "http://issuer.example/jwks",
      "http://localhost/jwks",
      "http://127.0.0.1.example/jwks",
      "file:///etc/passwd",
      "data:application/json,{}",
      "jwks",
    ]) {
      expect(
        thrownBy(() => new Jwks(uri)),
        uri,
      ).toMatchObject({ code: "OPTION_INVALID" });
    }
  });
});

describe("a token of an issuer who publishes keys", () => {
  let first: { key: PrivateKey; jwk: JWK };
  let second: { key: PrivateKey; jwk: JWK };

  beforeAll(async () => {
    const make = async (kid: string) => {
      const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
      return { key: privateKey, jwk: { ...(await exportJWK(publicKey)), kid, alg: "ES256" } };
    };
    [first, second] = [await make("1"), await make("2")];
  });

  const sign = ({ key, jwk: { kid } }: typeof first) =>
    new SignJWT({ iss: "i", aud: "a", sub: "ada" })
      .setProtectedHeader({ alg: "ES256", ...(kid === undefined ? {} : { kid }) })
      .setExpirationTime("1h")
      .sign(key);

  it("by a key published since is good after one fetch more; others cost nobody a fetch", async () => {
    const { clock, asked } = { clock: new VirtualClock(), asked: [] as string[] };
    let keys = [first.jwk];
    const fetch: Fetch = (url) => {
      asked.push(url.href);
      return Promise.resolve(json({ keys }));
    };
    const authenticate = jwt({ issuer: "i", audience: "a", jwksUri: URI, fetch, clock });
    expect(await outcome(authenticate, await sign(first))).toBe("i: ada");
    keys = [first.jwk, second.jwk];
    expect(await outcome(authenticate, await sign(second))).toBe("invalid"); // too early to ask
    clock.advance(30_000);
    expect(await outcome(authenticate, await sign(second))).toBe("i: ada");
    const invented = { key: second.key, jwk: { ...second.jwk, kid: "invented" } };
    for (let attempt = 0; attempt < 5; attempt++) {
      expect(await outcome(authenticate, await sign(invented))).toBe("invalid");
    }
    expect(asked).toHaveLength(2);
  });

  it("cannot be judged while there are no keys, which is nobody's refusal", async () => {
    const fetch: Fetch = () => Promise.reject(new Error("down"));
    const authenticate = jwt({ issuer: "i", audience: "a", jwksUri: URI, fetch });
    expect(await outcome(authenticate, await sign(first))).toBe("JWKS_UNAVAILABLE");
    expect(await outcome(authenticate, "x")).toBe("not mine, invalid");
  });
});
