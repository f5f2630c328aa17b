import { X509Certificate } from "node:crypto";
import { peerIdOfCertificate } from "../../../src/base/index.ts";
import { type Certificate } from "../../../src/net/index.ts";

/** Two self-signed Ed25519 certificates for tests; their keys are public and protect nothing. */
export const FIRST = {
  key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIBcfzfELFqvfSENMJiO0cVOKWesPqMkGVhYBqVLmEbFE
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBXzCCARGgAwIBAgIUIr7xsdrgcqMulEaXCfGrVyrgoVQwBQYDK2VwMCQxIjAg
BgNVBAMMGWhhbmRmYXN0IHRlc3QsIG5vdCBzZWNyZXQwIBcNMjYxMTIxMDU0MzE0
WhgPMjEyNjEwMjgwNTQzMTRaMCQxIjAgBgNVBAMMGWhhbmRmYXN0IHRlc3QsIG5v
dCBzZWNyZXQwKjAFBgMrZXADIQB1VwdtBtptuZ8rQjVh2586uzQqH+WeLiQe1rIi
NGaE96NTMFEwHQYDVR0OBBYEFBDmstXhM7QlzO6aWjoBS2oSZy7SMB8GA1UdIwQY
MBaAFBDmstXhM7QlzO6aWjoBS2oSZy7SMA8GA1UdEwEB/wQFMAMBAf8wBQYDK2Vw
A0EAIwoiKapSNmWV5WGnQAIrh51ODpHCyWjmjMYwUBxdBXz/fo4Jd75bWB+ujOPu
A08t0R3K2iaAME30/WxuVIb/AA==
-----END CERTIFICATE-----
`,
};

export const SECOND = {
  key: `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIIb6VfRPWgzQLPmO8kZm7/8JznE8lYx/ffg07ww/hKDO
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBXzCCARGgAwIBAgIUTn8BpaTpvpEAaNIyE5ArO+fh9eIwBQYDK2VwMCQxIjAg
BgNVBAMMGWhhbmRmYXN0IHRlc3QsIG5vdCBzZWNyZXQwIBcNMjYxMTIxMDU0MzE0
WhgPMjEyNjEwMjgwNTQzMTRaMCQxIjAgBgNVBAMMGWhhbmRmYXN0IHRlc3QsIG5v
dCBzZWNyZXQwKjAFBgMrZXADIQCY4CvaU7u7IkC5vYQ4EawQVrGDOIKu4jx5oXgl
M/oe2qNTMFEwHQYDVR0OBBYEFNh34PciHlxdotz71JFZx+fdSxOUMB8GA1UdIwQY
MBaAFNh34PciHlxdotz71JFZx+fdSxOUMA8GA1UdEwEB/wQFMAMBAf8wBQYDK2Vw
A0EACyVsPefdiDB+CLgC5UxBUBbbBf3ZPFGRbddHNJ007Thudr+s9r8g2ZsMkBgf
j2RVCQ9RYy2mqfMPV9pcCumtCw==
-----END CERTIFICATE-----
`,
};

/** Who a peer with this certificate is. */
export function idOf({ cert }: Certificate) {
  const fingerprint = new X509Certificate(cert).fingerprint256.replaceAll(":", "");
  return peerIdOfCertificate(Buffer.from(fingerprint, "hex"));
}
