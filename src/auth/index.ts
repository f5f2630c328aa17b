export {
  apiKey,
  type ApiKeyOptions,
  type ApiKeyRecord,
  type ApiKeyStore,
  newApiKey,
  type NewApiKey,
} from "./api-key.ts";
export {
  type Authenticator,
  type EpochMs,
  NotMine,
  type Presenter,
  type Proof,
  type Validate,
} from "./authenticator.ts";
export { bearer, bearerStatic } from "./bearer.ts";
export { chain, presenting } from "./chain.ts";
export { keyThumbprint } from "./confirmation.ts";
export { AuthSetupError, type AuthSetupErrorCode } from "./error.ts";
export { type Fetch } from "./jwks.ts";
export { jwt, type JwtOptions } from "./jwt.ts";
export { macaroon, type MacaroonLibrary, type MacaroonOptions } from "./macaroon.ts";
export {
  mtls,
  mtlsFingerprint,
  type MtlsOptions,
  mtlsSubject,
  type PeerCertificate,
} from "./mtls.ts";
export { cookies, httpHeaders, oauthRedirect } from "./out-of-scope.ts";
export { peerKey, peerKeyStatic } from "./peer-key.ts";
export { Revocations } from "./revocations.ts";
