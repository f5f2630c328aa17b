import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { type Command } from "commander";
import { generateSeed, KeyPair, ready } from "../../shs/index.ts";
import { createKeyFile } from "../../stores/index.ts";
import { defaultKeyPath } from "../key-path.ts";
import { type Terminal } from "../terminal.ts";

export function addKeygen(program: Command, terminal: Terminal): void {
  program
    .command("keygen")
    .summary("make a key pair")
    .description("Makes a key pair, writes it to FILE (which must not exist), and prints its id.")
    .argument("[FILE]", "where to keep it", defaultKeyPath(process.env))
    .action(async (file: string) => {
      await ready();
      const keyPair = KeyPair.fromSeed(generateSeed());
      if (file === defaultKeyPath(process.env)) {
        await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      }
      await createKeyFile(file, keyPair);
      terminal.result({ text: keyPair.id, json: { id: keyPair.id, file } });
      terminal.note(`The key is in ${file}. Whoever reads that file can be you.`);
    });
}
