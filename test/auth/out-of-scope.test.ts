import { expect, it } from "vitest";
import { cookies, httpHeaders, oauthRedirect } from "../../src/auth/index.ts";

it.each([cookies, httpHeaders, oauthRedirect])("$name belongs to HTTP, and says so", (ask) => {
  expect(ask).toThrow(expect.objectContaining({ code: "OUT_OF_SCOPE", blame: "caller" }));
});
