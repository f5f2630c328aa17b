import { describe, expect, it } from "vitest";
import { type Task, taskOf } from "../../../src/examples/library/options.ts";
import { thrownBy } from "../../support/thrown.ts";

const task = (...args: string[]) => taskOf(args, "/home/ann");

const SERVE = {
  is: "serve",
  catalog: undefined,
  data: undefined,
  port: 0,
  accessLog: undefined,
  adminSocket: undefined,
} as const;

describe("what npm start is asked to do", () => {
  it.each<[string[], Task]>([
    [[], { is: "story", catalog: undefined }],
    [["--catalog", "my.json"], { is: "story", catalog: "/home/ann/my.json" }],
    [["--serve"], SERVE],
    [
      ["--serve", "--data", "../d", "--port=7000", "--catalog", "/c.json"],
      { ...SERVE, catalog: "/c.json", data: "/home/d", port: 7000 },
    ],
    [
      ["--serve", "--access-log", "a.log", "--admin", "/run/a.sock"],
      { ...SERVE, accessLog: "/home/ann/a.log", adminSocket: "/run/a.sock" },
    ],
    [
      ["--checkout", "9799000000400", "--key", "me.key", "--at", "capnp://x"],
      { is: "checkout", isbn: "9799000000400", key: "/home/ann/me.key", address: "capnp://x" },
    ],
    [["--help"], { is: "help" }],
    [["-h", "--serve"], { is: "help" }],
  ])("is clear from %j", (args, expected) => {
    expect(task(...args)).toEqual(expected);
  });

  it.each([
    [["--sevre"], "Unknown option '--sevre'"],
    [["serve"], "Unexpected argument 'serve'"],
    [["--port"], "Option '--port <value>' argument missing"],
    [["--port", "7000"], "--port has no meaning for the story"],
    [["--serve", "--port", "65536"], "--port takes a number from 0 to 65535, not 65536"],
    [["--serve", "--port", "0x10"], "--port takes a number from 0 to 65535, not 0x10"],
    [["--admin", "/a"], "--admin has no meaning for the story"],
    [["--serve", "--key", "k"], "--key has no meaning for --serve"],
    [["--checkout", "1"], "--checkout wants --key FILE"],
    [["--checkout", "1", "--key", "k"], "--checkout wants --at ADDRESS"],
    [["--checkout", "1", "--key", "k", "--at", "a", "--serve"], "--serve has no meaning for"],
  ])("is refused when it is %j, and why is said", (args, message) => {
    expect(thrownBy(() => task(...args))).toMatchObject({
      code: "USAGE",
      message: expect.stringContaining(message) as string,
    });
  });
});
