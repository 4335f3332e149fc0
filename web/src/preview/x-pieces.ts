// oxlint-disable-next-line no-restricted-imports -- the one rule that comes as code: docs/decisions/0002
import { type Entity, findEntities } from "../../../src/connectors/text/entities.ts";

type Piece = { kind: "text" | Entity["kind"]; text: string };

/**
 * A text as X colours it: its links, mentions, hashtags and cashtags by X's own rules. Addresses are those that
 * count and price the post: with or without a protocol, and only under a top-level domain that exists.
 */
export function xPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { kind, start, end, text: found } of findEntities(text)) {
    pieces.push({ kind: "text", text: text.slice(from, start) }, { kind, text: found });
    from = end;
  }
  pieces.push({ kind: "text", text: text.slice(from) });
  return pieces.filter((piece) => piece.text !== "");
}

/** The site on the card under a text: of its last link, if that can be followed at all. */
export function cardSite(text: string): string | null {
  const link = xPieces(text).findLast(({ kind }) => kind === "url")?.text;
  if (link === undefined) return null;
  // X makes links of ports that do not exist.
  return URL.parse(/^https?:/iu.test(link) ? link : `https://${link}`)?.hostname ?? null;
}
