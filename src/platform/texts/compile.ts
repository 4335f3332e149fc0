import type { Messages } from "@lingui/core";
import { compileMessageOrThrow } from "@lingui/message-utils/compileMessage";
import { parsePo } from "pofile-ts";

/**
 * The text of a PO file, as `npm run texts` writes it, compiled for Lingui's runtime: an object of messages by their
 * English, behind their context where they have one. Throws for a message that is no MessageFormat.
 */
export function compileCatalogue(source: string): Messages {
  const messages: Messages = {};
  for (const { msgid, msgstr, msgctxt, obsolete } of parsePo(source).items) {
    const text = msgstr[0] ?? "";
    if (obsolete || text === "") continue;
    const key = msgctxt ? `${msgctxt}\u0004${msgid}` : msgid;
    messages[key] = compileMessageOrThrow(text);
  }
  return messages;
}
