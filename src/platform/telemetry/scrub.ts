const secretName =
  /^(.*[-_.])?(authorization|cookie|set-?cookie|pass(word|phrase|wd)?|token|secret|credentials?|api-?key|private-?key|code-?verifier|signature|otp)s?$/i;

const inText: [RegExp, string][] = [
  // user:password@ of an address
  [/(:\/\/[^:/?#\s@]*:)[^@/\s]+@/g, "$1[redacted]@"],
  [/\b(bearer|basic|dpop)\s+[\w.~+/=-]{6,}/gi, "$1 [redacted]"],
  [/([?&](?:[\w-]*(?:token|secret|signature|password|key)|code|state)=)[^&#\s"']+/gi, "$1[redacted]"],
];

const deepest = 8;
const longestList = 100;

function scrubText(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of inText) clean = clean.replace(pattern, replacement);
  return clean;
}

/** `accessToken`, `X-Api-Key` and `user.password` alike. */
function isSecretName(name: string): boolean {
  return secretName.test(name.replace(/([a-z0-9])([A-Z])/g, "$1-$2"));
}

/** Drivers hang whole connections on their errors; what tells something is plain. */
function plainParts(parts: object): Record<string, unknown> {
  const plain = Object.entries(parts).filter(
    ([, part]) => typeof part !== "object" && typeof part !== "function",
  );
  return Object.fromEntries(plain);
}

function scrubError(error: Error, depth: number): Record<string, unknown> {
  const { name, message, stack, cause, ...rest } = error;
  const inner: unknown = error instanceof AggregateError ? error.errors : undefined;
  return {
    type: name,
    message: scrubText(message),
    ...(stack === undefined ? {} : { stack: scrubText(stack) }),
    ...(cause === undefined ? {} : { cause: scrub(cause, depth + 1) }),
    ...(inner === undefined ? {} : { errors: scrub(inner, depth + 1) }),
    ...scrubObject(plainParts(rest), depth),
  };
}

function scrubObject(value: object, depth: number): Record<string, unknown> {
  const clean: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    clean[name] =
      isSecretName(name) && part !== null && part !== undefined ? "[redacted]" : scrub(part, depth + 1);
  }
  return clean;
}

/**
 * A copy that is safe to log: values under secret names and secrets inside text are replaced, bytes are
 * counted, deep or long structures are cut, and an error becomes an object with its cause.
 */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return scrubText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value;
  if (value instanceof Uint8Array) return `[${value.length} bytes]`;
  if (depth >= deepest) return "[deeper]";
  if (value instanceof Error) return scrubError(value, depth);
  if (Array.isArray(value)) return value.slice(0, longestList).map((part) => scrub(part, depth + 1));
  return scrubObject(value, depth);
}
