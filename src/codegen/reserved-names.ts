/**
 * Names that a schema may use and generated TypeScript may not. Every one gets a trailing `_`,
 * which cannot meet another name: Cap'n Proto identifiers hold neither `_` nor `$`.
 */

/** What every object answers to: `init.toString !== undefined` would hold for `{}`. */
const OF_EVERY_OBJECT: readonly string[] = [
  "constructor",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "toLocaleString",
  "toString",
  "valueOf",
];

/** `then` would make a promise of what is none; the others are members of every reader. */
const MEMBERS = new Set([...OF_EVERY_OBJECT, "then", "which", "toJSON", "toObject"]);

/** The words that cannot name a const at the top of a module. */
const WORDS = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum " +
    "eval export extends false finally for function if implements import in instanceof interface " +
    "let new null package private protected public return static super switch this throw true " +
    "try typeof undefined var void while with yield"
  ).split(" "),
);

/** What the namespace of a struct or interface holds besides the declarations nested in it. */
const NAMESPACE_MEMBERS = new Set([
  "Reader",
  "Fields",
  "Builder",
  "Init",
  "FieldsInit",
  "Choices",
  "NoChoice",
  "Pipeline",
  "Client",
  "Server",
  "Type",
]);

/** What the namespace of a method holds. */
const METHOD_NAMESPACE_MEMBERS = new Set([
  "Params",
  "Init",
  "Results",
  "Builder",
  "ResultsInit",
  "Call",
  "Returns",
]);

/** The members of the const that stands for a struct or interface. */
const TYPE_MEMBERS = new Set([
  ...OF_EVERY_OBJECT,
  ...(
    "absent build buildElement builder dataWords fields fits id initElements methodNamed methods " +
    "name nullClient of pointerCount read readElement replace serve size upgradeElements write " +
    "writeElement"
  ).split(" "),
]);

const unless = (taken: ReadonlySet<string>) => (name: string) =>
  taken.has(name) ? `${name}_` : name;

/** The name of a field or method. */
export const memberName = unless(MEMBERS);
/** The name of a declaration at the top of a file. */
export const topLevelName = unless(WORDS);
/** The name of a type, group or method's namespace inside another declaration's namespace. */
export const nestedTypeName = unless(new Set([...NAMESPACE_MEMBERS, ...TYPE_MEMBERS, ...WORDS]));
/** The name of a constant inside a struct or interface. */
export const nestedConstName = unless(TYPE_MEMBERS);

/** Whether `name` means something else than a declaration inside a method's or any namespace. */
export const isOfNamespaces = (name: string): boolean =>
  NAMESPACE_MEMBERS.has(name) || METHOD_NAMESPACE_MEMBERS.has(name);
