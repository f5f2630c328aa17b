import { type AnonymousPeer, type Peer } from "../base/index.ts";
import { type Answers } from "./answers.ts";
import { type Embargoes } from "./embargo.ts";
import { type RpcError } from "./exception.ts";
import { type Exports } from "./export.ts";
import { type Hook } from "./hook.ts";
import { type Imports } from "./import.ts";
import { type Questions } from "./questions.ts";
import { type Reflections } from "./reflection.ts";

/** The tables of one connection, to look at. */
export interface Tables {
  readonly peer: Peer | AnonymousPeer;
  readonly over: RpcError | undefined;
  readonly questions: Questions;
  readonly answers: Answers;
  readonly exports: Exports;
  readonly imports: Imports;
  readonly embargoes: Embargoes;
  readonly reflections: Reflections;
  readonly streamWords: number;
  readonly messagesQueued: number;
  readonly messagesSent: number;
  readonly messagesIgnored: number;
}

/** How much of everything there is. */
export interface ConnectionStats {
  readonly questions: number;
  /** Of these, the calls that were given up and wait only for the peer to say so. */
  readonly canceledQuestions: number;
  readonly answers: number;
  readonly exports: number;
  readonly imports: number;
  readonly embargoes: number;
  /** Parameters of the peer's unfinished calls, in 8-byte words. */
  readonly callWords: number;
  /** Parameters of our streaming calls that have not returned, in 8-byte words. */
  readonly streamWords: number;
  /** Messages that the owner of the connection has not taken yet. */
  readonly messagesQueued: number;
  readonly messagesSent: number;
  /** Messages without effect: those that crossed one of ours, and those of a confused peer. */
  readonly messagesIgnored: number;
}

export interface QuestionDump {
  readonly id: number;
  readonly state: string;
  readonly references: number;
}

export interface AnswerDump {
  readonly id: number;
  readonly state: string;
  /** Interface id (hexadecimal) and method ordinal, such as `0x9fd69ebc87b9719c.2`. */
  readonly method: string;
}

export interface ExportDump {
  readonly id: number;
  readonly state: string;
  readonly label: string;
  /** How many references the peer holds. */
  readonly references: number;
  readonly sinceMs: number;
  readonly calls: number;
  readonly lastCall: { readonly method: string; readonly atMs: number } | null;
}

export interface ImportDump {
  readonly id: number;
  readonly state: string;
  /** How many references are held here, and how many the peer counts. */
  readonly references: number;
  readonly received: number;
  readonly sinceMs: number;
  /** Parameters of streaming calls to it that have not returned, in 8-byte words. */
  readonly streamWords: number;
}

export interface ConnectionDump {
  /** Who holds the exports: the peer's id, or its address when it has proven none. */
  readonly peer: string;
  /** Why the connection is over, while it lives `null`. */
  readonly over: string | null;
  readonly questions: readonly QuestionDump[];
  readonly answers: readonly AnswerDump[];
  readonly exports: readonly ExportDump[];
  readonly imports: readonly ImportDump[];
  readonly embargoes: number;
}

export function statsOf(tables: Tables): ConnectionStats {
  return {
    questions: tables.questions.size,
    canceledQuestions: tables.questions.canceled,
    answers: tables.answers.size,
    exports: tables.exports.size,
    imports: tables.imports.size,
    embargoes: tables.embargoes.size + tables.reflections.waiting,
    callWords: tables.answers.words,
    streamWords: tables.streamWords,
    messagesQueued: tables.messagesQueued,
    messagesSent: tables.messagesSent,
    messagesIgnored: tables.messagesIgnored,
  };
}

export function dumpOf(tables: Tables): ConnectionDump {
  return {
    peer: tables.peer.id ?? tables.peer.address,
    over: tables.over?.message ?? null,
    questions: Array.from(tables.questions.values(), ({ id, is, references }) => {
      return { id, state: is, references };
    }),
    answers: Array.from(tables.answers.values(), ({ id, is, interfaceId, methodId }) => {
      return { id, state: is, method: methodName(interfaceId, methodId) };
    }),
    exports: Array.from(tables.exports.values(), (entry) => ({
      id: entry.id,
      state: entry.is,
      label: labelOf(entry.hook),
      references: entry.count,
      sinceMs: entry.sinceMs,
      calls: entry.calls,
      lastCall:
        entry.calls === 0
          ? null
          : {
              method: methodName(entry.lastInterfaceId, entry.lastMethodId),
              atMs: entry.lastCallMs,
            },
    })),
    imports: Array.from(tables.imports.values(), (entry) => ({
      id: entry.id,
      state: entry.is,
      references: entry.references,
      received: entry.received,
      sinceMs: entry.sinceMs,
      streamWords: entry.streamWords,
    })),
    embargoes: tables.embargoes.size + tables.reflections.waiting,
  };
}

/** What must always hold and does not, one sentence each. */
export function brokenRules({ over, questions, exports, imports, embargoes }: Tables): string[] {
  const rules: string[] = [];
  for (const { id, is, pending, references } of questions.values()) {
    if (is === "ended") rules.push(`question ${id} is ended and in the table`);
    if (is === "waiting" && references === 0) rules.push(`question ${id} is held by nobody`);
    if (is === "canceled" && pending && references > 0) {
      rules.push(`question ${id} is canceled and held`);
    }
  }
  for (const { id, is, count, hook } of exports.values()) {
    if (count < 1) rules.push(`export ${id} is in the table with ${count} references`);
    if (is === "promise" && hook.resolved() !== hook) {
      rules.push(`export ${id} is a promise whose Resolve was forgotten`);
    }
    if (is !== "resolved" && exports.find(hook)?.id !== id) {
      rules.push(`export ${id} is not found by its hook`);
    }
  }
  for (const { id, received, references } of imports.values()) {
    if (references < 1) rules.push(`import ${id} is held by nobody`);
    if (received < 1) rules.push(`import ${id} was never received`);
  }
  const held = questions.size + exports.size + imports.size + embargoes.size;
  if (over !== undefined && held > 0) rules.push(`${held} entries outlived the connection`);
  return rules;
}

/** A dump for people: one line an entry, in columns. */
export function tableOf(dump: ConnectionDump): string {
  const rows: (readonly string[])[] = [["table", "id", "state", "refs", "since", "what"]];
  for (const { id, state, references } of dump.questions) {
    rows.push(["question", String(id), state, String(references), "", ""]);
  }
  for (const { id, state, method } of dump.answers) {
    rows.push(["answer", String(id), state, "", "", method]);
  }
  for (const { id, state, references, sinceMs, label, calls, lastCall } of dump.exports) {
    const last = lastCall === null ? "" : `, last ${lastCall.method} at ${lastCall.atMs} ms`;
    const what = `${label}: ${calls} calls${last}`;
    rows.push(["export", String(id), state, String(references), `${sinceMs} ms`, what]);
  }
  for (const { id, state, references, received, sinceMs, streamWords } of dump.imports) {
    const streaming = streamWords === 0 ? "" : `, ${streamWords} words of streams under way`;
    const what = `received ${received} times${streaming}`;
    rows.push(["import", String(id), state, String(references), `${sinceMs} ms`, what]);
  }
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

function methodName(interfaceId: bigint, methodId: number): string {
  return `0x${interfaceId.toString(16).padStart(16, "0")}.${methodId}`;
}

/** What it was named; a name outlives what has become of the thing. */
function labelOf(hook: Hook): string {
  const end = hook.resolved();
  const label = end.label ?? hook.label;
  if (end.broken === undefined) return label ?? (end.settled ? "elsewhere" : "promise");
  const broken = `broken (${end.broken.message})`;
  return label === undefined ? broken : `${label}: ${broken}`;
}
