// Apart from the parser, which a server that renders nothing does not load.

/** Four times what the longest text may have, in UTF-16 units. */
export const mostMarkdown = 400_000;

/** Deeper than `validate` lets containers stand in each other; beyond it the parser would leave words out. */
export const deepestMarkdown = 100;
