import {
  BufferTarget,
  EncodedPacket,
  EncodedVideoPacketSource,
  MovOutputFormat,
  Mp4OutputFormat,
  Output,
} from "mediabunny";
import sharp from "sharp";

type Video = {
  seconds?: number;
  width?: number;
  height?: number;
  dataBytes?: number;
  container?: "mp4" | "mov";
};

/**
 * A small video that is whole in every table; its pictures are noise, which no test looks at. `dataBytes` is
 * spread over its pictures, one a second. The tables stand in front.
 */
export async function videoOf({
  seconds = 3,
  width = 320,
  height = 180,
  dataBytes = 900,
  container = "mp4",
}: Video = {}): Promise<Buffer> {
  const target = new BufferTarget();
  const options = { fastStart: "in-memory" } as const;
  const format = container === "mp4" ? new Mp4OutputFormat(options) : new MovOutputFormat(options);
  const output = new Output({ format, target });
  const track = new EncodedVideoPacketSource("avc");
  output.addVideoTrack(track, { frameRate: 1 });
  await output.start();
  // An AVCDecoderConfigurationRecord (ISO/IEC 14496-15) of baseline profile, level 3.0, with one SPS and PPS.
  const description = Uint8Array.from([1, 66, 0, 30, 255, 225, 0, 4, 103, 66, 0, 30, 1, 0, 2, 104, 206]);
  const config = { codec: "avc1.42001e", codedWidth: width, codedHeight: height, description };
  const size = Math.max(8, Math.floor(dataBytes / seconds));
  for (let second = 0; second < seconds; second += 1) {
    const picture = Buffer.alloc(size, second + 1);
    picture.writeUInt32BE(size - 4);
    // A slice of a picture that stands alone.
    picture[4] = 0x65;
    await track.add(new EncodedPacket(picture, "key", second, 1), { decoderConfig: config });
  }
  await output.finalize();
  return Buffer.from(target.buffer ?? new ArrayBuffer(0));
}

type Pdf = { pages?: number; catalog?: string; objects?: string[]; trailer?: string };

/** A PDF with blank pages; `catalog` and `trailer` are put into its dictionaries, `objects` come after its pages. */
export function pdfOf({ pages = 1, catalog = "", objects = [], trailer = "" }: Pdf = {}): Buffer {
  const numbers = Array.from({ length: pages }, (_, index) => 3 + index);
  const all = [
    `<< /Type /Catalog /Pages 2 0 R ${catalog} >>`,
    `<< /Type /Pages /Kids [${numbers.map((number) => `${number} 0 R`).join(" ")}] /Count ${pages} >>`,
    ...numbers.map(() => "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>"),
    ...objects,
  ];
  let text = "%PDF-1.7\n";
  const entries = all.map((object, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(offset).padStart(10, "0")} 00000 n \n`;
  });
  const size = all.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${entries.join("")}`;
  return Buffer.from(
    `${text}${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${text.length}\n%%EOF\n`,
    "latin1",
  );
}

/** A picture of one colour, to be encoded as the test likes. */
export function pictureOf(width = 40, height = 20) {
  return sharp({ create: { width, height, channels: 3, background: "teal" }, limitInputPixels: false });
}
