import { describe, expect, it } from "vitest";
import { mtls, mtlsFingerprint, mtlsSubject, type PeerCertificate } from "../../src/auth/index.ts";
import { HEX, nobody, outcome, withCertificate, withKey } from "./support.ts";

const NOW = Date.UTC(2026, 0, 1);
const epochMs = () => NOW;
const valid = {
  subject: "CN=ada",
  serialNumber: "2A",
  validFrom: "2025-01-01T00:00:00.000Z",
  validTo: "2027-01-01T00:00:00.000Z",
};

describe("a certificate", () => {
  const known = mtlsFingerprint(new Map([[HEX, "ada"]]), { epochMs });

  it("says who holds its secret, by its fingerprint in any spelling", async () => {
    const colons = HEX.toUpperCase().replace(/..(?!$)/g, "$&:");
    for (const spelling of [HEX, colons]) {
      const authenticate = mtlsFingerprint(new Map([[spelling, "ada"]]), { epochMs });
      expect(await outcome(authenticate, undefined, withCertificate(valid))).toBe("mtls: ada");
    }
  });

  it("is not ours when nobody knows it, and missing where there is none", async () => {
    const other = mtlsFingerprint(new Map([["00".repeat(32), "eve"]]), { epochMs });
    expect(await outcome(other, undefined, withCertificate(valid))).toBe("not mine, invalid");
    expect(await outcome(known, undefined, withKey("ada"))).toBe("not mine, missing");
    expect(await outcome(known, undefined, nobody)).toBe("not mine, missing");
  });

  it("is good from its first to its last moment, by its own word", async () => {
    const at = (from: string, to: string) =>
      outcome(known, undefined, withCertificate({ ...valid, validFrom: from, validTo: to }));
    const now = new Date(NOW).toISOString();
    expect(await at(valid.validFrom, now)).toBe("expired");
    expect(await at("2026-01-01T00:00:00.001Z", valid.validTo)).toBe("invalid");
    expect(await at(now, "2026-01-01T00:00:00.001Z")).toBe("mtls: ada");
  });

  it("with an end that is no date has ended, and with such a beginning has not begun", async () => {
    const endless = withCertificate({ ...valid, validTo: "when pigs fly" });
    expect(await outcome(known, undefined, endless)).toBe("expired");
    const unbegun = withCertificate({ ...valid, validFrom: "when pigs flew" });
    expect(await outcome(known, undefined, unbegun)).toBe("invalid");
  });

  it("ends what is minted with it", async () => {
    const auth = await known(undefined, withCertificate(valid));
    expect(auth.expiresAt?.toISOString()).toBe(valid.validTo);
  });

  it("is shown whole to the user's own validation", async () => {
    const seen: PeerCertificate[] = [];
    const asking = mtls((certificate) => {
      seen.push(certificate);
      return undefined;
    });
    expect(await outcome(asking, undefined, withCertificate(valid))).toBe("not mine, invalid");
    expect(seen).toMatchObject([{ fingerprint: HEX, subject: "CN=ada", serialNumber: "2A" }]);
  });

  it("is not listed by anything but a SHA-256 fingerprint", () => {
    for (const wrong of ["", "ab", "zz".repeat(32), "ab".repeat(20)]) {
      expect(() => mtlsFingerprint(new Map([[wrong, "ada"]]))).toThrow(
        expect.objectContaining({ code: "OPTION_INVALID" }),
      );
    }
  });
});

describe("a certificate's subject", () => {
  const isAda = (subject: string) => subject === "CN=ada";
  const pinned = ({ fingerprint }: PeerCertificate) => fingerprint === HEX;

  it("is the principal when somebody vouches for the certificate and the subject is allowed", async () => {
    const authenticate = mtlsSubject(isAda, pinned, { epochMs });
    expect(await outcome(authenticate, undefined, withCertificate(valid))).toBe("mtls: CN=ada");
  });

  it("counts for nothing when nobody vouches for the certificate", async () => {
    const authenticate = mtlsSubject(isAda, () => false, { epochMs });
    expect(await outcome(authenticate, undefined, withCertificate(valid))).toBe(
      "not mine, invalid",
    );
  });

  it("that is not allowed is refused for good", async () => {
    const authenticate = mtlsSubject(isAda, pinned, { epochMs });
    const eve = withCertificate({ ...valid, subject: "CN=eve" });
    expect(await outcome(authenticate, undefined, eve)).toBe("unauthorized");
  });

  it("that is not there is not ours", async () => {
    const authenticate = mtlsSubject(() => true, pinned, { epochMs });
    expect(await outcome(authenticate, undefined, withCertificate())).toBe("not mine, invalid");
  });
});
