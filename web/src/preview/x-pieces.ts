// oxlint-disable-next-line no-restricted-imports -- the one rule that comes as code: docs/decisions/0002
import { findUrls } from "../../../src/connectors/text/urls.ts";

type Piece = { kind: "text" | "link" | "name"; text: string };

const names = /((?<![\p{L}\p{N}_@])@\w{1,15}|(?<![\p{L}\p{N}&])#[\p{L}\p{N}_]+)/gu;

/**
 * A text as X colours it. Addresses are found by the rule that counts and prices the post: with or without
 * a protocol, and only under a top-level domain that exists.
 */
export function xPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const { start, end, url } of findUrls(text)) {
    pieces.push(...named(text.slice(from, start)), { kind: "link", text: url });
    from = end;
  }
  pieces.push(...named(text.slice(from)));
  return pieces.filter((piece) => piece.text !== "");
}

function named(text: string): Piece[] {
  return text.split(names).map((piece, index) => ({ kind: index % 2 === 1 ? "name" : "text", text: piece }));
}
