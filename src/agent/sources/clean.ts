/** Characters that no reader sees but a model does: bidirectional controls and the tag block. */
const hidden = /[\u202a-\u202e\u2066-\u2069\u{e0000}-\u{e007f}]/gu;
// oxlint-disable-next-line no-control-regex -- control characters are what this removes
export const control = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/**
 * Text that was fetched, made harmless: what cannot be stored and what hides from a reader is removed.
 * Text that a person typed is never repaired like this, but refused.
 */
export function cleanFetched(text: string): string {
  return text.toWellFormed().replace(control, "").replace(hidden, "");
}
