import { type AnonymousPeer, oneLine, type Peer } from "../base/index.ts";
import { type Answers } from "./answers.ts";
import { type Embargoes } from "./embargo.ts";
import { type CallStatistics } from "./call-statistics.ts";
import { type RpcError } from "./exception.ts";
import { type Exports } from "./export.ts";
import { type Hook } from "./hook.ts";
import { type Imports } from "./import.ts";
import { servantOf } from "./local-hook.ts";
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
  readonly traffic: CallStatistics;
  readonly sinceMs: number;
  readonly nowMs: number;
  readonly methodName: (interfaceId: bigint, methodId: number) => string;
}

/** How much of everything there is. */
export interface ConnectionStats {
  readonly questions: number;
  /** Of these, the calls that were given up and wait only for the peer to say so. */
  readonly canceledQuestions: number;
  readonly answers: number;
  /** Besides these, the calls that the peer gave up and whose methods go on. */
  readonly canceledAnswers: number;
  readonly exports: number;
  readonly imports: number;
  readonly embargoes: number;
  /** Parameters of the peer's calls, its canceled ones too, in 8-byte words. */
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
  /** Such as `library.capnp:Desk.renew`, or `0x9fd69ebc87b9719c.2` for an interface not known here. */
  readonly method: string;
  readonly ageMs: number;
  readonly references: number;
}

export interface AnswerDump {
  readonly id: number;
  readonly state: string;
  readonly method: string;
  readonly ageMs: number;
}

export interface ExportDump {
  readonly id: number;
  readonly state: string;
  readonly label: string;
  /** How many references the peer holds. */
  readonly references: number;
  readonly ageMs: number;
  readonly calls: number;
  readonly lastCall: { readonly method: string; readonly agoMs: number } | null;
  /** Old and never called: somebody may have forgotten to let go of it. */
  readonly leak: boolean;
  /** What the object's calls have cost, by whomever, where the vat counts that. */
  readonly statistics: CallStatistics | null;
}

export interface ImportDump {
  readonly id: number;
  readonly state: string;
  /** How many references are held here, and how many the peer counts. */
  readonly references: number;
  readonly received: number;
  readonly ageMs: number;
  /** Old, and neither called nor passed on. */
  readonly leak: boolean;
  /** Parameters of streaming calls to it that have not returned, in 8-byte words. */
  readonly streamWords: number;
}

/** One connection and every entry of its tables, as plain data, at one moment. */
export interface ConnectionDump {
  /** Who holds the exports: the peer's id, or its address when it has proven none. */
  readonly peer: string;
  readonly address: string;
  readonly transport: string;
  readonly ageMs: number;
  readonly traffic: CallStatistics;
  /** Why the connection is over, while it lives `null`. */
  readonly over: string | null;
  readonly questions: readonly QuestionDump[];
  readonly answers: readonly AnswerDump[];
  readonly exports: readonly ExportDump[];
  readonly imports: readonly ImportDump[];
  /** Promises that wait for a Disembargo: of ours, and of the peer's. */
  readonly embargoes: number;
}

export function statsOf(tables: Tables): ConnectionStats {
  return {
    questions: tables.questions.size,
    canceledQuestions: tables.questions.canceled,
    answers: tables.answers.size,
    canceledAnswers: tables.answers.lingering,
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

/** What a dump takes for a leak. */
export interface DumpOptions {
  /** What is older than this and was never called is marked as a leak. Default: ten minutes. */
  readonly leakAfterMs?: number | undefined;
}

const LEAK_AFTER_MS = 600_000; // ours: longer than any pause in a conversation

export function dumpOf(
  tables: Tables,
  { leakAfterMs = LEAK_AFTER_MS }: DumpOptions,
): ConnectionDump {
  const { peer, methodName } = tables;
  const age = ({ sinceMs }: { readonly sinceMs: number }) => Math.max(tables.nowMs - sinceMs, 0);
  return {
    peer: peer.id ?? peer.address,
    address: peer.address,
    transport: peer.transport,
    ageMs: age(tables),
    traffic: tables.traffic,
    over: tables.over?.message ?? null,
    questions: Array.from(tables.questions.values(), (entry) => ({
      id: entry.id,
      state: entry.is,
      method: callName(entry, methodName),
      ageMs: age(entry),
      references: entry.references,
    })),
    answers: Array.from(tables.answers.values(), (entry) => ({
      id: entry.id,
      state: entry.is,
      method: callName(entry, methodName),
      ageMs: age(entry),
    })),
    exports: Array.from(tables.exports.values(), (entry) => ({
      id: entry.id,
      state: entry.is,
      label: labelOf(entry.hook),
      references: entry.count,
      ageMs: age(entry),
      calls: entry.calls?.count ?? 0,
      lastCall:
        entry.calls === undefined
          ? null
          : {
              method: methodName(entry.calls.lastInterfaceId, entry.calls.lastMethodId),
              agoMs: Math.max(tables.nowMs - entry.calls.lastMs, 0),
            },
      leak: entry.calls === undefined && age(entry) >= leakAfterMs,
      statistics: servantOf(entry.hook)?.statistics ?? null,
    })),
    imports: Array.from(tables.imports.values(), (entry) => ({
      id: entry.id,
      state: entry.is,
      references: entry.references,
      received: entry.received,
      ageMs: age(entry),
      leak: !entry.called && age(entry) >= leakAfterMs,
      streamWords: entry.streamWords,
    })),
    embargoes: tables.embargoes.size + tables.reflections.waiting,
  };
}

/** What must always hold and does not, one sentence each. */
export function brokenRules(tables: Tables): string[] {
  const { over, questions, answers, exports, imports, embargoes, streamWords } = tables;
  const rules: string[] = [];
  let canceled = 0;
  let words = 0;
  for (const { id, is, pending, references } of questions.values()) {
    if (is === "canceled") canceled += 1;
    if (is === "ended") rules.push(`question ${id} is ended and in the table`);
    if (is === "waiting" && references === 0) rules.push(`question ${id} is held by nobody`);
    if (is === "canceled" && pending && references > 0) {
      rules.push(`question ${id} is canceled and held`);
    }
  }
  if (canceled !== questions.canceled) {
    rules.push(`${canceled} questions are canceled, and ${questions.canceled} are counted`);
  }
  for (const answer of answers.values()) {
    words += answer.words;
    if (answer.is === "ended") rules.push(`answer ${answer.id} is ended and in the table`);
  }
  if (words > answers.words || (answers.lingering === 0 && words < answers.words)) {
    rules.push(`answers cost ${words} words, and ${answers.words} are counted`);
  }
  if (streamWords < 0) rules.push(`${streamWords} words of streams are under way`);
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

const LEAK = ", LEAK? never called";

/** Milliseconds in the unit in which people would say it. */
function span(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

const MAX_CELL_CHARS = 200; // ours

/** A dump for people: one line an entry, in columns. */
export function tableOf(dump: ConnectionDump): string {
  const rows: (readonly string[])[] = [["table", "id", "state", "refs", "age", "what"]];
  for (const { id, state, references, ageMs, method } of dump.questions) {
    rows.push(["question", String(id), state, String(references), span(ageMs), method]);
  }
  for (const { id, state, ageMs, method } of dump.answers) {
    rows.push(["answer", String(id), state, "", span(ageMs), method]);
  }
  for (const { id, state, references, ageMs, label, calls, lastCall, leak } of dump.exports) {
    const last = lastCall === null ? "" : `, last ${lastCall.method} ${span(lastCall.agoMs)} ago`;
    const what = `${label}: ${calls} calls${last}${leak ? LEAK : ""}`;
    rows.push(["export", String(id), state, String(references), span(ageMs), what]);
  }
  for (const one of dump.imports) {
    const { id, state, references, received, ageMs, leak, streamWords } = one;
    const streaming = streamWords === 0 ? "" : `, ${streamWords} words of streams under way`;
    const what = `received ${received} times${streaming}${leak ? LEAK : ""}`;
    rows.push(["import", String(id), state, String(references), span(ageMs), what]);
  }
  // A label may be the peer's words.
  const lines = rows.map((row) => row.map((cell) => oneLine(cell.slice(0, MAX_CELL_CHARS))));
  const widths = lines[0]?.map((_, column) =>
    lines.reduce((widest, row) => Math.max(widest, row[column]?.length ?? 0), 0),
  );
  return lines
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** A method in the wire's own words. */
export function wireName(interfaceId: bigint, methodId: number): string {
  return `0x${interfaceId.toString(16).padStart(16, "0")}.${methodId}`;
}

function callName(
  { interfaceId, methodId }: { readonly interfaceId: bigint; readonly methodId: number },
  methodName: Tables["methodName"],
): string {
  return interfaceId === 0n ? "bootstrap" : methodName(interfaceId, methodId);
}

/** What it was named; a name outlives what has become of the thing. */
function labelOf(hook: Hook): string {
  const end = hook.resolved();
  const label = end.label ?? hook.label;
  if (end.broken === undefined) return label ?? (end.settled ? "elsewhere" : "promise");
  const broken = `broken (${end.broken.message})`;
  return label === undefined ? broken : `${label}: ${broken}`;
}
