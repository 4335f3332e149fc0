export type Zone = { zone: string; label: string; region: string; words: string[] };

/** "UTC+01:00" at an instant, "" for a zone that this browser does not know. */
function offsetOf(zone: string, at: Date): string {
  try {
    const format = new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" });
    const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
    return name.replace("GMT", "UTC");
  } catch {
    return "";
  }
}

/** Browsers name some zones as they once were called; people look for them as they are. */
const renamed: Record<string, string> = {
  Asmera: "Asmara",
  Calcutta: "Kolkata",
  Faeroe: "Faroe",
  Godthab: "Nuuk",
  Katmandu: "Kathmandu",
  Kiev: "Kyiv",
  Rangoon: "Yangon",
  // oxlint-disable-next-line galley/words-are-texts -- a name, as the others here
  Saigon: "Ho Chi Minh",
};

function placesOf(zone: string): { city: string; region: string } {
  const [region = "", ...places] = zone.replaceAll("_", " ").split("/");
  const last = places.at(-1) ?? region;
  const city = renamed[last] ?? last;
  return { city, region: places.length > 0 ? [region, ...places.slice(0, -1)].join(", ") : "" };
}

function labelOf(city: string, offset: string): string {
  return offset === "" || city === "UTC" ? city : `${city} (${offset})`;
}

/** "Berlin (UTC+01:00)": as people name a zone, with its offset at an instant. */
export function zoneLabel(zone: string, at: Date): string {
  return labelOf(placesOf(zone).city, offsetOf(zone, at));
}

/** All zones that the browser knows, and the chosen one even where it does not, by city. */
export function zonesWith(chosen: string, at: Date): Zone[] {
  const known = Intl.supportedValuesOf("timeZone");
  const zones = known.includes(chosen) ? known : [chosen, ...known];
  return zones
    .map((zone) => {
      const offset = offsetOf(zone, at);
      const { city, region } = placesOf(zone);
      return { zone, label: labelOf(city, offset), region, words: [city, region, offset] };
    })
    .toSorted((left, right) => (left.label < right.label ? -1 : 1));
}

/** "Zürich" and "zurich" are one: small letters without marks. */
function folded(text: string): string {
  return text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
}

/** Whether all that is typed stands somewhere in a zone's name or in its other words. */
export function findsZone(zone: string, typed: string, words: string[]): boolean {
  const known = folded([zone.replaceAll("_", " "), ...words].join(" "));
  return folded(typed)
    .split(/\s+/u)
    .every((part) => known.includes(part));
}
