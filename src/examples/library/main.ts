import { checkout } from "./checkout.ts";
import { taskOf, USAGE } from "./options.ts";
import { serve } from "./serve.ts";
import { Steps } from "./story/steps.ts";
import { playStory } from "./story/story.ts";

/** Prints a line: what the story, the library or the reader has to say. */
function print(line: string): void {
  console.log(line);
}

/** `npm start` changes to the package's folder; the user's paths are those of the shell. */
function userFolder(): string {
  const { npm_lifecycle_event: script, INIT_CWD: shell } = process.env;
  return script === "start" && shell !== undefined ? shell : process.cwd();
}

async function main(args: readonly string[], signal: AbortSignal): Promise<void> {
  const task = taskOf(args, userFolder());
  switch (task.is) {
    case "help":
      print(USAGE.trimEnd());
      break;
    case "story": {
      const steps = new Steps({ print, signal });
      await playStory({ steps, catalog: task.catalog });
      print(`\nAll ${steps.count} steps happened.`);
      break;
    }
    case "serve":
      await serve({ ...task, print, signal });
      break;
    case "checkout":
      await checkout({ ...task, print, signal });
      break;
    default:
      task satisfies never;
  }
}

/** One line for what somebody did wrong; a stack for what we did. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.stack ?? error.message;
  // A call that failed for want of a connection: why there is none says more.
  if (error.code === "DISCONNECTED" && error.cause !== undefined) return explain(error.cause);
  const hint = error.code === "USAGE" ? "\nhint: `npm start -- --help` shows what it takes" : "";
  const code = `${String(error.code)}: `; // the operating system's messages begin with theirs
  const message = error.message.startsWith(code) ? error.message.slice(code.length) : error.message;
  return `error ${code}${message}${hint}`;
}

const interrupted = new AbortController();
process.once("SIGINT", () => interrupted.abort());
process.once("SIGTERM", () => interrupted.abort());

/** A reader who has seen enough (`npm start | head -1`) is no error; there is still to tidy up. */
const NOBODY_READS = Symbol("nobody reads");
function endQuietly(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  interrupted.abort(NOBODY_READS);
}
process.stdout.on("error", endQuietly);
process.stderr.on("error", endQuietly);

try {
  await main(process.argv.slice(2), interrupted.signal);
} catch (error) {
  if (interrupted.signal.reason !== NOBODY_READS) {
    console.error(explain(error));
    process.exitCode = 1;
  }
}
