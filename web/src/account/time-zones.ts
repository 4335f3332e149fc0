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

function placesOf(zone: string): { city: string; region: string } {
  const [region = "", ...places] = zone.replaceAll("_", " ").split("/");
  const city = places.at(-1) ?? region;
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
