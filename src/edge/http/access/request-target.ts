import type { IncomingMessage } from "node:http";
import { HttpError } from "../errors.ts";

/** RFC 3986 section 3.3, with the signs that browsers leave as they are in a path (WHATWG URL, path percent-encode set). */
const plainPath = /^\/(?!\/)[\w\-.~!$&'()*+,;=:@%/|[\]]*$/;
/** Visible ASCII but `#`: browsers leave more as it is in a query than RFC 3986 allows. */
const plainQuery = /^[!"$-~]*$/;
const badEscape = /%(?![\da-f]{2})/i;
/** Control characters, and the backslash, which some readers take for a slash. */
const badSign = /[^ -~\u0080-\u00ff]|\\/;
const dotSegment = /(?:^|\/)\.{1,2}(?:\/|$)/;

/**
 * The path and query that a request asks for (RFC 9112 section 3.2.1). Throws `http.bad_target` for every other form,
 * which an origin server of its own has no use for: whole addresses, `*`, `host:port`, and paths that two readers may
 * take for different places (dots, backslashes, control characters, also in escapes).
 */
export function targetOf(message: Pick<IncomingMessage, "url">): string {
  const target = message.url ?? "";
  const mark = target.indexOf("?");
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? "" : target.slice(mark + 1);
  if (!plainPath.test(path) || badEscape.test(path) || !plainQuery.test(query) || isAmbiguous(path)) {
    throw new HttpError({
      code: "http.bad_target",
      kind: "invalid",
      message: "This is not the address of anything here: a request names a plain path such as /posts.",
    });
  }
  return target;
}

/** Whether a reader who unescapes, once or once more, could see another place in it. */
function isAmbiguous(path: string): boolean {
  const once = unescaped(path);
  return [path, once, unescaped(once)].some((read) => badSign.test(read) || dotSegment.test(read));
}

/** The bytes behind the escapes, each as one character. */
function unescaped(text: string): string {
  return text.replaceAll(/%([\da-f]{2})/gi, (_all, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
