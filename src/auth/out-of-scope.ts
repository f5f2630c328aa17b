import { AuthSetupError } from "./error.ts";

/** There are no cookies: nothing but references says what a peer may do. Throws `OUT_OF_SCOPE`. */
export function cookies(): never {
  throw outOfScope("cookies belong to HTTP; a session here is a reference that its holder keeps");
}

/** There is nothing to redirect. Throws `OUT_OF_SCOPE`. */
export function oauthRedirect(): never {
  throw outOfScope("an OAuth redirect belongs to a browser; present the token it ends in to jwt()");
}

/** There are no headers. Throws `OUT_OF_SCOPE`. */
export function httpHeaders(): never {
  throw outOfScope("there are no HTTP headers; a credential is a parameter of your own method");
}

function outOfScope(message: string): AuthSetupError {
  return new AuthSetupError("OUT_OF_SCOPE", message);
}
