import { type FileHandle, open, readFile } from "node:fs/promises";
import { parentPort, workerData } from "node:worker_threads";
import { EncodedPacketSink, FilePathSource, Input, MP4, QTFF } from "mediabunny";
import { getDocument, PDFDataRangeTransport } from "unpdf/pdfjs";
import { z } from "zod";
import type { LargeFileAnswer } from "./large-file.ts";
import { pdfFinding } from "./pdf-actions.ts";

// The parsers of what strangers made run in here: a thread with little memory, which can be ended.

const task = z.object({ path: z.string(), bytes: z.number(), mimeType: z.string() }).parse(workerData);
const answer = await (task.mimeType === "application/pdf" ? inspectDocument() : inspectVideo()).catch(
  (error: unknown): LargeFileAnswer => ({ problem: "broken", cause: String(error) }),
);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(answer);

async function inspectVideo(): Promise<LargeFileAnswer> {
  const input = new Input({ source: new FilePathSource(task.path), formats: [MP4, QTFF] });
  try {
    const track = await input.getPrimaryVideoTrack();
    if (!track) return { problem: "no_picture" };
    const durationMs = Math.ceil((await input.computeDuration()) * 1000);
    const [width, height] = await Promise.all([track.getDisplayWidth(), track.getDisplayHeight()]);
    if (durationMs <= 0 || width <= 0 || height <= 0) return { problem: "no_picture" };
    // The tables at the front may promise what a cut file does not hold: fetch the last picture.
    const last = await new EncodedPacketSink(track).getPacket(Number.POSITIVE_INFINITY);
    if (!last || last.data.byteLength === 0) return { problem: "broken", cause: "no last picture" };
    return { width: Math.round(width), height: Math.round(height), durationMs, pages: null };
  } finally {
    input.dispose();
  }
}

async function inspectDocument(): Promise<LargeFileAnswer> {
  const file = await open(task.path, "r");
  const loading = getDocument({
    range: piecesOf(file),
    rangeChunkSize: 65_536,
    disableAutoFetch: true,
    disableStream: true,
    stopAtErrors: true,
    useSystemFonts: false,
    verbosity: 0,
  });
  try {
    const pdf = await loading.promise;
    const { info } = z
      .object({ info: z.looseObject({ EncryptFilterName: z.string().nullish() }) })
      .parse(await pdf.getMetadata());
    if (info.EncryptFilterName) return { problem: "encrypted" };
    if (pdf.numPages < 1) return { problem: "no_pages" };
    // The number is what the file says; the last page must be there.
    await pdf.getPage(pdf.numPages);
    if ((await pdf.getJSActions()) !== null) return { problem: "scripts" };
    if ((await pdf.getAttachments()) !== null) return { problem: "attachments" };
    // The parser sees what its tables lead to, and says nothing of most actions.
    const finding = pdfFinding(await readFile(task.path));
    if (finding) return { problem: finding };
    return { width: 0, height: 0, durationMs: null, pages: pdf.numPages };
  } catch (error) {
    if (error instanceof Error && error.name === "PasswordException") return { problem: "encrypted" };
    throw error;
  } finally {
    await loading.destroy();
    await file.close();
  }
}

/** The file in the pieces that the parser asks for; it never sees the whole. */
function piecesOf(file: FileHandle): PDFDataRangeTransport {
  const range = new PDFDataRangeTransport(task.bytes, null);
  range.requestDataRange = (begin: number, end: number) => {
    const piece = new Uint8Array(end - begin);
    file.read(piece, 0, piece.length, begin).then(
      () => range.onDataRange(begin, piece),
      () => range.abort(),
    );
  };
  return range;
}
