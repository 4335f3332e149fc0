import type { FastifyInstance } from "fastify";
import type { Problem } from "#kit";
import { wellFormedProblem } from "#kit";
import { HttpError } from "../errors.ts";

/** Deeper JSON crashes recursive code (`JSON.stringify` of 10 KB of brackets), so it is never parsed. */
const maximumDepth = 64;
/** Escapes that can stand for text which cannot be stored: lone surrogates and NUL. */
const riskyEscape = /\\u(?:[dD][89a-fA-F]|0000)/;

/** Makes `application/json` the only kind of body besides what a route's plugin adds, and parses it with care. */
export function acceptJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  const parseSafely = app.getDefaultJsonParser("error", "error");
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  app.addContentTypeParser<Buffer>("application/json", { parseAs: "buffer" }, (request, bytes, done) => {
    if (bytes.length === 0) return done(null, undefined);
    if (isTooDeep(bytes))
      return done(invalid("http.json_too_deep", `JSON may be nested ${maximumDepth} levels deep.`));
    let text: string;
    try {
      text = decoder.decode(bytes);
    } catch {
      return done(invalid("http.not_utf8", "The body is not text in UTF-8; send it in that encoding."));
    }
    // Its errors name neither position nor reason that helps; JSON.parse's do.
    return parseSafely(request, text, (error, body) => {
      if (error) return done(invalid("http.not_json", notJson(error)));
      const problems = riskyEscape.test(text) ? [...textProblems("", body)] : [];
      if (problems.length === 0) return done(null, body);
      return done(invalid("http.broken_text", "The body holds text that cannot be kept.", problems));
    });
  });
}

/**
 * Text of an address that cannot be kept is refused before any schema sees it: nothing of a request's path or query
 * holds NUL or half a character.
 */
export function refuseBrokenAddresses(app: FastifyInstance): void {
  app.addHook("preValidation", (request, _reply, done) => {
    const problems = [...textProblems("", request.params), ...textProblems("", request.query)];
    if (problems.length === 0) return done();
    return done(invalid("http.broken_text", "The address holds text that cannot be kept.", problems));
  });
}

function isTooDeep(bytes: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (inString) {
      // A backslash hides the byte after it, which may be a quotation mark.
      if (byte === 0x5c) index += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x5b || byte === 0x7b) {
      depth += 1;
      if (depth > maximumDepth) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth -= 1;
  }
  return false;
}

function* textProblems(path: string, value: unknown): Generator<Problem> {
  if (typeof value === "string") {
    const problem = wellFormedProblem(path, value);
    if (problem) yield problem;
  } else if (typeof value === "object" && value !== null) {
    for (const [name, child] of Object.entries(value)) {
      const here = `${path}/${pointerToken(name)}`;
      const problem = wellFormedProblem(path, name);
      if (problem) yield problem;
      else yield* textProblems(here, child);
    }
  }
}

/** RFC 6901 section 3. */
function pointerToken(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function invalid(code: string, message: string, problems: Problem[] = []): HttpError {
  return new HttpError({ code, kind: "invalid", message, problems });
}

/** The parser's words help nobody; the place that it names does. */
function notJson(error: Error): string {
  const place = /line \d+ column \d+/u.exec(error.message)?.[0];
  const where = place ? ` at ${place.replace(" column", ", column")}` : "";
  return `The body is not JSON${where}. Look for a quote, a comma or a bracket that is missing or too many.`;
}
