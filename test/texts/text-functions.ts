import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type ESTree, parseSync } from "vite";

/** An exported function that takes a text. `isPlain`: the text is all that it takes, and it answers at once. */
export type TextFunction = { name: string; isPlain: boolean };

const root = join(import.meta.dirname, "../..");

/** Strings that are no texts, by the names of their parameters: identifiers, addresses of our own, times, settings. */
const short = new RegExp(
  [
    "(?:^|[a-z])(?:[iI]ds?|[uU]rl|[uU]rn|[hH]ash|[zZ]one|[oO]rigin|[nN]ame|[fF]older|[dD]ir|[kK]ey|[pP]ath|[hH]ost|[uU]ntil)$",
    "^(?:sha256|cursor|slug|code|token|secret|password|stored|mimeType|method|host|hostname|language|tag|connector)$",
    "^(?:instant|from|to|on|date|time|wall|column|header|home|file|viewer|email|reason|chosen|argv|values|returnTo)$",
  ].join("|"),
  "u",
);
/** Names that a text has wherever it stands among the parameters. */
const texts =
  /^(?:text|source|html|markdown|title|caption|search|commentary|warning|altText|typed|body|cell|written|item|parts|paragraphs?|sentences?|description|message|note)s?$/u;
/** Types of what holds people's texts. */
const holders =
  /\b(?:VariantContent|Variant|Material|ParsedText|Digest|Composition|WallSignals|MailSource|MailMessage|Letter|Cells|ListedPost|Entry|Token)\b/u;

const isString = /^(?:readonly )?string(?:\[\])?(?: \| (?:null|undefined))?$/u;

type Parameter = { name: string; type: string; isOptional: boolean };

/** The functions of a module that take a text, by the rules above. */
export function textFunctionsOf(file: string, source: string): TextFunction[] {
  const { program, errors } = parseSync(file, source);
  if (errors.length > 0) throw new SyntaxError(`${file} cannot be parsed`);
  return program.body.flatMap((statement): TextFunction[] => {
    if (statement.type !== "ExportNamedDeclaration") return [];
    const { declaration } = statement;
    if (declaration?.type === "FunctionDeclaration") {
      return taking(declaration.id?.name ?? "", declaration, source);
    }
    if (declaration?.type !== "VariableDeclaration") return [];
    return declaration.declarations.flatMap(({ id, init }) =>
      init?.type === "ArrowFunctionExpression" && id.type === "Identifier"
        ? taking(id.name, init, source)
        : [],
    );
  });
}

function taking(
  name: string,
  { params, async }: ESTree.Function | ESTree.ArrowFunctionExpression,
  source: string,
): TextFunction[] {
  const parameters = params.map((one) => parameterOf(one, source));
  if (!parameters.some(isText)) return [];
  const [first, ...others] = parameters;
  const isPlain = !async && first?.type === "string" && others.every(({ isOptional }) => isOptional);
  return [{ name, isPlain }];
}

function parameterOf(given: ESTree.ParamPattern, source: string): Parameter {
  const pattern = given.type === "AssignmentPattern" ? given.left : given;
  const type = "typeAnnotation" in pattern ? pattern.typeAnnotation?.typeAnnotation : null;
  return {
    name: pattern.type === "Identifier" ? pattern.name : "",
    type: type ? source.slice(type.start, type.end).replaceAll(/\s+/g, " ") : "",
    isOptional: pattern !== given || ("optional" in pattern && pattern.optional),
  };
}

function isText({ name, type }: Parameter, index: number): boolean {
  if (!isString.test(type)) return holders.test(type);
  return texts.test(name) || (index === 0 && !short.test(name));
}

/** What stores say reaches the database alone, and routes and React's hooks hand it on. */
const passed = /\.(?:test|worker|store|read|routes|schema|gen)\.ts$|\/use-[\w-]+\.ts$/u;

/** Every exported function of the server and of the dashboard's plain modules that takes a text, by file. */
export async function textFunctions(): Promise<Map<string, TextFunction[]>> {
  const found = new Map<string, TextFunction[]>();
  for await (const file of glob(["src/**/*.ts", "web/src/**/*.ts"], { cwd: root })) {
    if (passed.test(file)) continue;
    const functions = textFunctionsOf(file, await readFile(join(root, file), "utf8"));
    if (functions.length > 0) found.set(file, functions);
  }
  return found;
}
