/**
 * Sets of characters that twitter-text 3 (Apache-2.0) names, to stand between the brackets of a character
 * class, also in one with the flag `u`.
 */
export const directional = "\\u202a-\\u202e\\u061c\\u200e\\u200f\\u2066-\\u2069";
export const invalid = "\\ufffe\\ufeff\\uffff";
export const spaces = "\\t-\\r \\x85\\xa0\\u1680\\u180e\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
export const punctuation = "!'#%&()*+,\\\\\\-./:;<=>?@\\[\\]\\^_{|}~$";
export const accents =
  "\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\xff\\u0100-\\u024f\\u0253\\u0254\\u0256\\u0257\\u0259\\u025b\\u0263\\u0268\\u026f\\u0272\\u0289\\u028b\\u02bb\\u0300-\\u036f\\u1e00-\\u1eff";
export const cyrillic = "\\u0400-\\u04ff";
