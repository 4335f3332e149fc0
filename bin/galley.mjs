// The program's door, in plain JavaScript: whatever Node reads before its compile cache is on costs every start anew,
// and for the first line of TypeScript that is the whole type stripper, 16 MB that stay.
// oxlint-disable-next-line import/no-unassigned-import -- it has nothing to give; what counts is that it runs first
import "../src/compile-cache.mjs";

await import("../src/main.ts");
