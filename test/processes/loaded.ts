import { registerHooks } from "node:module";

// Prints the packages that importing the named files loads, one a line.
const packages = new Set<string>();
registerHooks({
  load(url, context, nextLoad) {
    const inside = url.split("/node_modules/").at(-1);
    const name = inside === url ? undefined : /^(?:@[^/]+\/)?[^/]+/.exec(inside ?? "")?.[0];
    if (name !== undefined) packages.add(name);
    return nextLoad(url, context);
  },
});
const root = new URL("../../", import.meta.url);
for (const file of process.argv.slice(2)) await import(new URL(file, root).href);
process.stdout.write([...packages].join("\n"));
