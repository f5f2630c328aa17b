import { type Command } from "commander";
import { ready } from "../../shs/index.ts";
import { readAnyKeyFile } from "../../stores/index.ts";
import { defaultKeyPath } from "../key-path.ts";
import { type Terminal } from "../terminal.ts";

export function addId(program: Command, terminal: Terminal): void {
  program
    .command("id")
    .summary("print the id of a key file")
    .description(
      "Prints the id of the key pair in FILE, what to tell others. FILE is a key file of handfast, " +
        "Scuttlebutt's `secret`, an unencrypted OpenSSH Ed25519 key, or a raw seed of 32 bytes.",
    )
    .argument("[FILE]", "a key file", defaultKeyPath(process.env))
    .action(async (file: string) => {
      await ready();
      const { id } = await readAnyKeyFile(file);
      terminal.result({ text: id, json: { id, file } });
    });
}
