import { readPdfObjects } from "./pdf-document.ts";
import type { PdfObjects } from "./pdf-document.ts";
import type { PdfDictionary, PdfValue } from "./pdf-objects.ts";

/** What a document does or carries beyond what it shows. */
export type PdfFinding = "scripts" | "actions" | "attachments" | "encrypted";

/** Where an action stands (ISO 32000-2, section 12.6): of a link, a bookmark, the document, a chain of actions. */
const actionKeys = ["A", "PA", "Next", "OpenAction"];
/** Lists of actions in lists of actions. */
const MAX_DEPTH = 16;
/** Names of action types, wherever a dictionary has one of them as its `/S`: none of these is a structure's role. */
const active = new Set(
  "Launch SubmitForm ImportData ResetForm GoToR GoToE Rendition RichMediaExecute GoTo3DView SetOCGState".split(
    " ",
  ),
);
/** The other types; theirs are words that a structure may use for a role of its own. */
const otherActive = new Set("Hide Movie Named Sound Thread Trans GoToDp".split(" "));
/** Turning pages, which a reader does anyway. */
const turning = new Set("NextPage PrevPage FirstPage LastPage GoBack GoForward".split(" "));
const media = new Set("RichMedia Screen Movie Sound 3D".split(" "));
const gravest: PdfFinding[] = ["encrypted", "scripts", "attachments", "actions"];
const carrying = ["EF", "EmbeddedFiles", "RichMediaContent", "RichMediaSettings", "Collection"];
/** Web addresses, whole or relative; none of another machine in a network of Windows. */
const schemes = /^\s*(?:https?:|mailto:|tel:|(?:[^:\s\\][^:\\]*)?$)/i;

/**
 * What a PDF does beyond showing its pages, or null for one that only has links: of all actions those that lead to a place
 * in it (`GoTo`), turn its pages, or open a web address (`URI`) are accepted, and none that runs by itself. Looks at
 * every object, not at those that its tables lead to: see `readPdfObjects`.
 *
 * @throws PdfProblem where it cannot be read whole
 */
export function pdfFinding(bytes: Uint8Array): PdfFinding | null {
  const objects = readPdfObjects(bytes);
  const found = new Set<PdfFinding | null>();
  for (const object of objects.all) {
    for (const dictionary of dictionariesIn(object)) found.add(findingIn(dictionary, objects));
  }
  return gravest.find((finding) => found.has(finding)) ?? null;
}

function* dictionariesIn(value: PdfValue): Generator<PdfDictionary> {
  if (value.kind === "array") for (const item of value.items) yield* dictionariesIn(item);
  if (value.kind === "several") for (const item of value.values) yield* dictionariesIn(item);
  if (value.kind !== "dictionary") return;
  yield value;
  for (const entry of value.entries.values()) yield* dictionariesIn(entry);
}

function findingIn({ entries, scattered }: PdfDictionary, objects: PdfObjects): PdfFinding | null {
  const names = (key: string) =>
    objects.resolve(entries.get(key)).flatMap((value) => (value.kind === "name" ? [value.name] : []));
  const types = [...names("Type"), ...names("Subtype")];
  if (entries.has("Encrypt")) return "encrypted";
  if (entries.has("JS") || entries.has("JavaScript") || entries.has("XFA")) return "scripts";
  if (names("S").includes("JavaScript")) return "scripts";
  if (carrying.some((key) => entries.has(key))) return "attachments";
  if (types.includes("EmbeddedFile") || types.includes("FileAttachment")) return "attachments";
  if (entries.has("AA") || names("S").some((name) => active.has(name))) return "actions";
  if (scattered && (entries.has("OpenAction") || names("S").some((name) => otherActive.has(name))))
    return "actions";
  if (types.some((type) => media.has(type)) && entries.has("Rect")) return "actions";
  if (names("S").includes("URI") && !leadsToWeb(entries.get("URI"), objects)) return "actions";
  // What relative addresses begin with.
  if (!leadsToWeb(entries.get("Base"), objects)) return "actions";
  return actionKeys.some((key) => isRefused(key, entries.get(key), objects)) ? "actions" : null;
}

/** Whether an action is another than those that are accepted; a destination and a structure's attributes are none. */
function isRefused(key: string, value: PdfValue | undefined, objects: PdfObjects, depth = 0): boolean {
  if (value === undefined) return false;
  if (depth > MAX_DEPTH) return true;
  if (value.kind === "several") return value.values.some((one) => isRefused(key, one, objects, depth + 1));
  const found = objects.resolve(value);
  // What this reading does not find, another may.
  if (found.length === 0) return true;
  return found.some((action) => {
    if (action.kind === "array")
      return key !== "OpenAction" && action.items.some((item) => isRefused(key, item, objects, depth + 1));
    if (action.kind !== "dictionary" || !action.entries.has("S")) return false;
    const names = (name: string) =>
      objects.resolve(action.entries.get(name)).map((found) => (found.kind === "name" ? found.name : ""));
    const types = names("S");
    if (types.length === 0) return true;
    return types.some((type) => {
      if (type === "GoTo") return false;
      if (type === "Named") return key === "OpenAction" || !isTurning(names("N"));
      // An address that opens by itself tells somebody who reads.
      return type !== "URI" || key === "OpenAction";
    });
  });
}

function isTurning(names: string[]): boolean {
  return names.length > 0 && names.every((name) => turning.has(name));
}

function leadsToWeb(value: PdfValue | undefined, objects: PdfObjects): boolean {
  if (value === undefined) return true;
  const found = objects.resolve(value);
  return found.length > 0 && found.every((address) => address.kind === "text" && isWeb(address.text));
}

function isWeb(text: string): boolean {
  return schemes.test(text.replace(/^\xfe\xff|\0/g, ""));
}
