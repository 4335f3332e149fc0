import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A rule that a model can leave out, as docs/model.md has it. */
export type Rule = {
  /** `NO_FENCE` */
  name: string;
  /** `sending.pml` */
  model: string;
  /** How many troubles from outside its counterexample takes. */
  troubles: number;
  /** The claim that is broken without it. */
  breaks: string;
};

/** The rows of the page's tables, each cell trimmed. */
function rowsOf(page: string): string[][] {
  return page
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** Each row that begins with `NO_…`, of the model that the heading above it names. */
export function rulesOf(page: string): Rule[] {
  return page.split(/^## /mu).flatMap((section) => {
    const model = /`model\/(\w+\.pml)`/u.exec(section.split("\n", 1)[0] ?? "")?.[1];
    if (model === undefined) return [];
    return rowsOf(section).flatMap(([rule = "", troubles = "", , wrong = ""]): Rule[] => {
      const name = /^`(NO_\w+)`$/u.exec(rule)?.[1];
      const breaks = /^\*\*(.+?)\*\*/u.exec(wrong)?.[1];
      if (name === undefined) return [];
      if (breaks === undefined) throw new SyntaxError(`docs/model.md does not say what ${name} breaks`);
      return [{ name, model, troubles: Number(troubles), breaks }];
    });
  });
}

/** Files, and names in them, that the tables' third cells and the maps' second ones tell and that do not exist. */
export function missingNames(page: string, root: string): string[] {
  return rowsOf(page).flatMap((cells) => missingIn(cells.length > 2 ? cells[2] : cells[1], root));
}

/** "`file`: `name`, `name`; `file`: …" */
function missingIn(cell: string | undefined, root: string): string[] {
  const missing: string[] = [];
  let file = "";
  let source = "";
  for (const [, token = ""] of (cell ?? "").matchAll(/`([^`]+)`/gu)) {
    if (token.includes("/")) {
      file = token;
      source = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
      if (source === "") missing.push(file);
    } else if (!new RegExp(`\\b${token}\\b`, "u").test(source)) {
      missing.push(`${token} in ${file}`);
    }
  }
  return missing;
}
