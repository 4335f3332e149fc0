// The program's door, in plain JavaScript: whatever Node reads before its compile cache is on costs every start anew,
// and for the first line of TypeScript that is the whole type stripper, 16 MB that stay. It imports nothing by a
// statement, because an old Node would end on what is imported before it could be told apart.
const oldest = 24;

if (Number.parseInt(process.versions.node, 10) < oldest) {
  process.stderr.write(
    `Galley needs Node ${oldest} or newer, and this is Node ${process.versions.node}. ` +
      "Start it with `npm start` or `npm run galley`, which use the Node that Galley brings along.\n",
  );
  process.exit(1);
}

await import("../src/app/compile-cache.mjs");
await import("../src/app/main.ts");
