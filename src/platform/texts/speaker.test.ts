import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { msg, plural } from "#kit";
import { speakerOf } from "./speaker.ts";

const catalogue = `
msgid "{count, plural, one {# post waits in {place}} other {# posts wait in {place}}}"
msgstr "{count, plural, one {# Beitrag wartet in {place}} other {# Beiträge warten in {place}}}"

msgid "Up to {size} bytes"
msgstr "Bis zu {size} Byte"
`;

const waiting = (count: number) =>
  plural(
    { count },
    { one: msg`# post waits in ${{ place: "Kiel" }}`, other: msg`# posts wait in ${{ place: "Kiel" }}` },
  );

test("a speaker says what its catalogue has, numbers as its readers write them, and the rest in English", async () => {
  const directory = await mkdtemp(join(tmpdir(), "galley-texts-"));
  const file = join(directory, "de.po");
  await writeFile(file, catalogue);
  const say = await speakerOf("de", pathToFileURL(file));
  expect([say(waiting(1)), say(waiting(2_000))]).toEqual([
    "1 Beitrag wartet in Kiel",
    "2.000 Beiträge warten in Kiel",
  ]);
  expect(say(msg`Up to ${{ size: 1_500_000 }} bytes`)).toBe("Bis zu 1.500.000 Byte");
  expect(say(msg`Nothing of ${{ what: "this" }} is translated`)).toBe("Nothing of this is translated");
  await rm(directory, { recursive: true });
});
