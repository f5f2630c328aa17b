/**
 * Writes `src/ERRORS.md`, every error and every code, from the doc comments they have in the source:
 * `tsx scripts/error-table.ts`. `--check` only tells whether it is stale (and exits 1).
 */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format, resolveConfig } from "prettier";
import ts from "typescript";

const SRC = fileURLToPath(new URL("../src", import.meta.url));
const PAGE = join(SRC, "ERRORS.md");

/** The class that all others extend; its type argument is the code, or a union of them. */
const ROOT = "HandfastError";

const PREFACE = `# Errors

\`npm run errors\` writes this page from the doc comments in the source.

A code is stable and safe to switch on; a message may be reworded in any release. The blame named
here is the code's own, as a rule: an error that knows better says so. Where none is named, each
error says for itself.
`;

/** A class of errors, with its codes and the words that its other fields may be. */
interface ErrorClass {
  readonly name: string;
  readonly doc: string;
  readonly tables: readonly Table[];
}

interface Table {
  /** What its words are. */
  readonly title: string;
  readonly doc?: string;
  readonly words: readonly Word[];
}

interface Word {
  readonly text: string;
  readonly meaning: string;
  readonly blame?: string | undefined;
}

/** The page as it is now. */
export function committedPage(): string {
  return readFileSync(PAGE, "utf8");
}

/** The page as the source has it. Throws when a word lacks its doc comment. */
export async function errorPage(): Promise<string> {
  const errors = readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !/^examples|\.capnp\.ts$/.test(path))
    .flatMap((path) => errorsIn(path, readFileSync(join(SRC, path), "utf8")))
    .sort((a, b) => rank(a).localeCompare(rank(b), "en"));
  const text = [PREFACE, ...errors.map(section)].join("\n");
  return format(text, { ...(await resolveConfig(PAGE)), parser: "markdown" });
}

/** The root first, then by name. */
const rank = ({ name }: ErrorClass): string => (name === ROOT ? "" : name);

/** The errors that a file declares; the exported unions beside one are of its fields. */
export function errorsIn(path: string, text: string): readonly ErrorClass[] {
  if (!text.includes(ROOT)) return []; // most files, which need not be parsed
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  return file.statements.filter(ts.isClassDeclaration).flatMap((declaration) => {
    const name = declaration.name?.text ?? "";
    const code = codeType(declaration);
    if (name !== ROOT && code === undefined) return [];
    const doc = docAt(file, declaration.pos);
    const exported = unionsIn(file).filter(isExported);
    const unions = exported.map((union) => tableOf(union, code, declaration));
    if (code === undefined || !ts.isLiteralTypeNode(code)) return [{ name, doc, tables: unions }];
    // The only code of its class means what the class does.
    const only = { text: wordOf(code), meaning: doc };
    const codes = { title: "code", words: [{ ...only, blame: blameOf(only, declaration) }] };
    return [{ name, doc: "", tables: [codes, ...unions] }];
  });
}

/** A union beside a class: its codes, whose class says it all, or the words of a field. */
function tableOf(
  union: UnionAlias,
  code: ts.TypeNode | undefined,
  declaration: ts.ClassDeclaration,
): Table {
  const file = union.getSourceFile();
  const title = union.name.text;
  const words = wordsOf(union);
  if (words.length === 0) throw new Error(`${file.fileName}: ${title} names no words`);
  if (title !== code?.getText()) return { title, doc: docAt(file, union.pos), words };
  return { title, words: words.map((word) => ({ ...word, blame: blameOf(word, declaration) })) };
}

/** `Code` in `class … extends HandfastError<Code>`. */
function codeType({ heritageClauses }: ts.ClassDeclaration): ts.TypeNode | undefined {
  const bases = heritageClauses?.flatMap(({ types }) => types);
  return bases?.find(({ expression }) => expression.getText() === ROOT)?.typeArguments?.[0];
}

const isExported = ({ modifiers }: UnionAlias): boolean =>
  modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) ?? false;

type UnionAlias = ts.TypeAliasDeclaration & { readonly type: ts.UnionTypeNode };

function unionsIn(file: ts.SourceFile): readonly UnionAlias[] {
  return file.statements.filter(
    (statement): statement is UnionAlias =>
      ts.isTypeAliasDeclaration(statement) && ts.isUnionTypeNode(statement.type),
  );
}

/** The words of a union and of those in it; a member of another type has none to show. */
function wordsOf({ type }: UnionAlias): readonly Word[] {
  const file = type.getSourceFile();
  return type.types.flatMap((member, index) => {
    if (!ts.isLiteralTypeNode(member)) {
      const inner = unionsIn(file).find(({ name }) => name.text === member.getText());
      return inner === undefined ? [] : wordsOf(inner);
    }
    // Its comment stands before its `|`, where the member before it ends.
    const begin = type.types[index - 1]?.end ?? type.pos;
    return [{ text: wordOf(member), meaning: docAt(file, begin) }];
  });
}

function wordOf({ literal }: ts.LiteralTypeNode): string {
  if (!ts.isStringLiteral(literal)) throw new Error(`${literal.getText()} is no word`);
  return literal.text;
}

/** Whom a code blames: by the table `BLAME` of its file, or as every error of its class. */
function blameOf({ text }: Word, declaration: ts.ClassDeclaration): string | undefined {
  let blame: string | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === "BLAME") {
      blame = stringIn(node.initializer, text);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) {
      blame = stringIn(node.arguments.at(-1), "blame");
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(declaration);
  declaration.getSourceFile().statements.filter(ts.isVariableStatement).forEach(visit);
  return blame;
}

/** A property of an object literal, when it is a plain string. */
function stringIn(node: ts.Expression | undefined, name: string): string | undefined {
  if (node === undefined || !ts.isObjectLiteralExpression(node)) return undefined;
  const property = node.properties.find((each) => each.name?.getText() === name);
  if (property === undefined || !ts.isPropertyAssignment(property)) return undefined;
  return ts.isStringLiteral(property.initializer) ? property.initializer.text : undefined;
}

/** The doc comment of what begins here, on one line. */
function docAt(file: ts.SourceFile, position: number): string {
  const comment = ts.getLeadingCommentRanges(file.text, position)?.at(-1);
  if (comment === undefined) {
    const { line } = file.getLineAndCharacterOfPosition(position);
    throw new Error(`${file.fileName}: a doc comment is missing below line ${line + 1}`);
  }
  const lines = file.text.slice(comment.pos + "/**".length, comment.end - "*/".length).split("\n");
  return lines
    .map((line) => line.replace(/^ *\* /, "").trim())
    .join(" ")
    .trim();
}

function section({ name, doc, tables }: ErrorClass): string {
  return [`## ${name}`, doc, ...tables.map(markdown)].join("\n\n");
}

function markdown({ title, doc = "", words }: Table): string {
  const columns = words.some(({ blame }) => blame !== undefined) ? 3 : 2;
  const rows = [
    [`\`${title}\``, "meaning", "blame"],
    ["-", "-", "-"],
    ...words.map(({ text, meaning, blame = "" }) => [`\`${text}\``, meaning, blame]),
  ];
  const lines = rows.map((row) => `| ${row.slice(0, columns).join(" | ")} |`);
  return `${doc}\n\n${lines.join("\n")}`;
}

async function main(args: readonly string[]): Promise<void> {
  const page = await errorPage();
  if (!args.includes("--check")) writeFileSync(PAGE, page);
  else if (page !== committedPage()) {
    console.log("src/ERRORS.md is stale: npm run errors");
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(process.argv.slice(2));
