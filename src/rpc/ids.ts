/**
 * The four tables of one connection, one brand each (rpc.capnp "The Four Tables"). Questions and
 * exports are numbered by us; answers and imports by the peer. On the wire they are plain numbers:
 * our question is the peer's answer, our export the peer's import.
 */
declare const table: unique symbol;

export type QuestionId = number & { readonly [table]: "question" };
export type AnswerId = number & { readonly [table]: "answer" };
export type ExportId = number & { readonly [table]: "export" };
export type ImportId = number & { readonly [table]: "import" };
export type EmbargoId = number & { readonly [table]: "embargo" };
