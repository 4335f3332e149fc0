import { seededRandom } from "../acceptance/client.ts";

const words =
  `amber anchor apple arrow aspen autumn badge bamboo barley basket beacon birch bishop blanket blossom border breeze bridge
  bronze bucket butter button cabin camel candle canyon carpet castle cedar chalk cherry chimney cider circle cliff clover
  cobalt copper coral cotton cradle crystal dagger daisy desert dolphin dragon driftwood eagle ember engine fable falcon
  feather ferry fiddle flint forest fountain fox galaxy garden garnet ginger glacier granite grove hammer harbor harvest
  hazel heron hollow honey horizon indigo island ivory jacket jasmine jungle juniper kettle kitten ladder lagoon lantern
  lemon lily linen lobster magnet maple marble meadow mirror mosaic needle nickel nutmeg oasis ocean olive orchard otter
  paddle palace parrot pebble pepper pigeon pillow planet plum pocket prairie quarry quilt rabbit raven ribbon river rocket
  saddle saffron sailor salmon sapphire scarf shadow silver sparrow spruce summit sunset teapot thistle thunder tiger timber
  topaz tulip tunnel turtle valley vanilla velvet violet walnut willow window winter zebra zephyr`.split(
    /\s+/,
  );

/**
 * What a post says: words by its number, so that no two posts are much alike, with all that platforms are known to
 * change in a text: quotes, a dash, an emoji with its selector, an ampersand, an address.
 */
export function sentence(name: string, number: number): string {
  const random = seededRandom(number * 7_919 + name.length);
  const [a, b, c, d, e, f, g] = Array.from(
    { length: 7 },
    () => words[Math.floor(random() * words.length)] ?? "",
  );
  const address = `https://press.example/${a}-${f}/${number}`;
  return `${name} ${number}: "${a} ${b}" – the ${c}’s ${d} ❤️ & ${e} ${f} ${g}, ${address}`;
}

/** The same as people read it, and another text to whoever compares signs. */
export function nearlyAs(text: string): string {
  return text.replaceAll('"', "”").replaceAll("–", "-").replaceAll("\uFE0F", "");
}
