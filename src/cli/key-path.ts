import { homedir } from "node:os";
import { join } from "node:path";

/** Where one's own key is unless a command is told otherwise (XDG base directories). */
export function defaultKeyPath(env: Readonly<Record<string, string | undefined>>): string {
  const configured = env["XDG_CONFIG_HOME"];
  const config = configured?.startsWith("/") ? configured : join(homedir(), ".config");
  return join(config, "handfast", "identity.key");
}
