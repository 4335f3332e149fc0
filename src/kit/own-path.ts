const somewhere = "http://galley.invalid";

/**
 * A path of this site, as a browser will read it, with its query and fragment; null for whatever could lead elsewhere
 * (open redirects). Judged by what the parser makes of it, and once more by what it makes of that: `/.//other.example`
 * begins like a path and becomes `//other.example`.
 */
export function ownPath(text: string): string | null {
  if (!text.startsWith("/")) return null;
  const url = URL.parse(text, somewhere);
  if (url?.origin !== somewhere) return null;
  const path = `${url.pathname}${url.search}${url.hash}`;
  return URL.parse(path, somewhere)?.href === url.href ? path : null;
}
