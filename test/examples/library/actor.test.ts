import { expect, it } from "vitest";
import { Actor } from "../../../src/examples/library/story/actor.ts";
import { type StrangerActions } from "../../../src/examples/library/story/stranger-process.ts";

const newStranger = () =>
  new Actor<StrangerActions>("stranger", "stranger-process", [
    "--conditions=@handfast/source",
    "--import",
    import.meta.resolve("tsx"),
  ]);

it("an actor that ends in the middle of something is missed at once", async () => {
  const actor = newStranger();
  const asked = actor.ask("makeKey", "/never/written.key");
  await Promise.all([expect(asked).rejects.toMatchObject({ code: "EXITED" }), actor.kill()]);
});

it("an actor that cannot do something says why, and goes on", async () => {
  const actor = newStranger();
  try {
    const asked = actor.ask("makeKey", "/dev/null/me.key");
    await expect(asked).rejects.toMatchObject({
      code: expect.stringMatching(/^KEY_FILE_/) as string,
    });
    await expect(actor.ask("dial", "nonsense")).rejects.toThrow("a key comes first");
    await actor.ask("leave");
  } finally {
    await actor.kill();
  }
});
