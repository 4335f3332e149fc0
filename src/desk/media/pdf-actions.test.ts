import { deflateSync } from "node:zlib";
import { expect, describe, test } from "vitest";
import { pdfOf } from "../../../test/support/media-files.ts";
import { pdfFinding } from "./pdf-actions.ts";
import { PdfProblem } from "./pdf-objects.ts";

/** A page with one link, whose action is `action`. */
function link(action: string, objects: string[] = []): Buffer {
  const annotation = `<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A ${action} >>`;
  return pdfOf({ objects: [annotation, ...objects] });
}

/** An object that no reader misses and that is told by its place alone, numbered 88. */
const hidden = "null\nendobj\n88 0 obj\n<< /S /Hide /T (x) >>";
/** The same with a heading that a search for numbers misses. */
const commented = (object: string) => `null\nendobj\n88 0 %${"c".repeat(300)}\nobj\n${object}`;
const chained = (next: string) => `<< /S /GoTo /D [3 0 R /Fit] /Next ${next} >>`;
const broken = (entries: string) => pdfOf({ objects: [`<< /X 1 0R ${entries} >>`] });

/** An object stream that holds `object` under number 99. */
function packed(object: string, extra = ""): string {
  const inner = `99 0 ${object}`;
  const data = deflateSync(Buffer.from(inner, "latin1")).toString("latin1");
  return `<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode ${extra} /Length ${data.length} >>\nstream\n${data}\nendstream`;
}

function unfiltered(entries: string, data: string): string {
  return `<< /Type /ObjStm /First 5 ${entries} >>\nstream\n${data}\nendstream`;
}

describe("an action is found wherever it stands", () => {
  test.each([
    [
      "a page that runs something when it opens",
      pdfOf({ objects: ["<< /Type /Page /AA << /O << /S /URI /URI (https://a.example) >> >> >>"] }),
      "actions",
    ],
    ["a link with a script", link("<< /S /JavaScript /JS (app.alert(1)) >>"), "scripts"],
    ["a script under another spelling", link("<< /S /J#61vaScri#70t /J#53 (x) >>"), "scripts"],
    ["a script in a string of its own", link("<< /S /JavaScript /JS 5 0 R >>", ["(x)"]), "scripts"],
    ["a program", link("<< /S /Launch /F (calc.exe) >>"), "actions"],
    ["a form that is sent", link("<< /S /SubmitForm /F (https://a.example) >>"), "actions"],
    ["a form that is filled", link("<< /S /ImportData /F (x.fdf) >>"), "actions"],
    ["another document", link("<< /S /GoToR /F (x.pdf) /D [0 /Fit] >>"), "actions"],
    ["a document inside", link("<< /S /GoToE /D [0 /Fit] >>"), "actions"],
    ["a type behind a reference", link("<< /S 5 0 R /F (x) >>", ["/Launch"]), "actions"],
    ["an action behind a reference", link("5 0 R", ["<< /S /Hide /T (x) >>"]), "actions"],
    ["a chain", link("<< /S /GoTo /D [3 0 R /Fit] /Next [ << /S /Named /N /Print >> ] >>"), "actions"],
    ["an unknown action", link("<< /S /Surprise >>"), "actions"],
    ["an address that is no web page", link("<< /S /URI /URI (file:///etc/passwd) >>"), "actions"],
    [
      "an address that opens by itself",
      pdfOf({ catalog: "/OpenAction << /S /URI /URI (https://a.example) >>" }),
      "actions",
    ],
    ["a film", pdfOf({ objects: ["<< /Type /Annot /Subtype /RichMedia /Rect [0 0 9 9] >>"] }), "actions"],
    ["a bookmark", pdfOf({ objects: ["<< /Title (x) /A << /S /Launch /F (x) >> >>"] }), "actions"],
    ["a field", pdfOf({ objects: ["<< /FT /Tx /AA << /K << /S /JavaScript /JS (x) >> >> >>"] }), "scripts"],
    ["a form of XML", pdfOf({ catalog: "/AcroForm << /XFA (x) >>" }), "scripts"],
    ["a file", pdfOf({ objects: ["<< /Type /Filespec /F (a) /EF << /F 5 0 R >> >>"] }), "attachments"],
    [
      "a file on a page",
      pdfOf({ objects: ["<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 9 9] >>"] }),
      "attachments",
    ],
    ["a portfolio", pdfOf({ catalog: "/Collection << /View /D >>" }), "attachments"],
    ["an object stream", pdfOf({ objects: [packed("<< /A << /S /Launch /F (x) >> >>")] }), "actions"],
    [
      "an object stream without its type",
      pdfOf({ objects: [packed("<< /AA << >> >>").replace("/Type /ObjStm", "")] }),
      "actions",
    ],
    [
      "a stream that hides an object",
      pdfOf({
        objects: ["<< /Length 60 >>\nstream\n77 0 obj << /A << /S /Launch /F (x) >> >> endobj\nendstream"],
      }),
      "actions",
    ],
    ["a second entry of the same name", link("<< /S /GoTo /S /Launch /D [3 0 R /Fit] >>"), "actions"],
    [
      "an object with a comment before it",
      link("99 0 R", ["null\nendobj\n99 % a comment\n0obj<< /S /Hide >>"]),
      "actions",
    ],
    [
      "an object that only forgiving readers take",
      link("<< /S /GoTo /D [3 0 R] >>", ["<< /X 1 0R /A << /S /La#75nch >> >>"]),
      "actions",
    ],
    ["an action that is not there", link("77 0 R"), "actions"],
    ["an action not there in a list", link(chained("[77 0 R]")), "actions"],
    ["an action not there, twice", link("77 0 R /A 77 0 R"), "actions"],
    ["a type that is not there", link("<< /S 77 0 R >>"), "actions"],
    ["an address that is not there", link("<< /S /URI /URI 77 0 R >>"), "actions"],
    [
      "a bracket that others overlook",
      pdfOf({ objects: ["<< /Type /Annot >/A << /S /Launch /F (x) >> >>"] }),
      "actions",
    ],
    ["an end that is in a string", broken("/T (endobj) /A << /S /Launch >>"), "actions"],
    ["an action far behind", broken(`/T (${"x".repeat(70_000)}) /A << /S /Launch >>`), "actions"],
    ["an action that only its place tells", broken("/A << /S /Hide /T (x) >>"), "actions"],
    [
      "what opens by itself, in a broken object",
      broken("/OpenAction << /S /URI /URI (http://a.example) >>"),
      "actions",
    ],
    [
      "the middle of three entries of a name",
      pdfOf({
        catalog: "/OpenAction [3 0 R /Fit] /OpenAction << /S /GoTo /S /Launch /S /GoTo >> /OpenAction null",
      }),
      "actions",
    ],
    [
      "the middle of three subtypes",
      pdfOf({ objects: ["<< /Subtype /Link /Subtype /Movie /Subtype /Link /Rect [0 0 9 9] /A true >>"] }),
      "actions",
    ],
    ["a reference to a reference", link("87 0 R", ["null\nendobj\n87 0 obj\n88 0 R", hidden]), "actions"],
    ["a reference with many zeros", link(chained("[00000000088 000000 R]"), [hidden]), "actions"],
    ["a list that holds itself", link("5 0 R", ["[5 0 R]"]), "actions"],
    [
      "one of two versions, behind a long comment",
      link("88 0 R", [commented("<< /S /Hide >>"), "null\nendobj\n88 0 obj\n<< /S /GoTo >>"]),
      "actions",
    ],
    ["what relative addresses begin with", pdfOf({ catalog: "/URI << /Base (file:///etc/) >>" }), "actions"],
    [
      "an address in a network of Windows",
      link(String.raw`<< /S /URI /URI (\\\\a.example\\b) >>`),
      "actions",
    ],
    ["a lock in the trailer", pdfOf({ trailer: "/Encrypt << /Filter /Standard >>" }), "encrypted"],
  ])("%s", (_, bytes, finding) => expect(pdfFinding(bytes)).toBe(finding));
});

describe("an object stream that readers read differently is refused", () => {
  const launch = "<< /A << /S /Launch /F (x) >> >>";
  const inHex = Buffer.from(`99 0 ${launch}`).toString("hex").replace(/../g, "$& ");
  test.each([
    ["two counts", packed(launch).replace("/N 1", "/N 0 /N 1")],
    ["a count elsewhere", packed(launch).replace("/N 1", "/N 98 0 R")],
    ["a blank behind the keyword", packed(launch).replace("stream\n", "stream \n")],
    ["a comment before the keyword", packed(launch).replace("stream\n", "% c\nstream\n")],
    ["many blanks before the keyword", packed(launch).replace("stream\n", `${" ".repeat(50)}stream\n`)],
    ["a dictionary that does not read", packed(launch, "/X 1 0R")],
    ["a filter in lists", unfiltered("/N 1 /Filter [[/ASCIIHexDecode]]", inHex)],
    ["a filter elsewhere", unfiltered("/N 1 /Filter 98 0 R", inHex)],
    ["a filter by its short name", unfiltered("/N 1 /F /ASCIIHexDecode", inHex)],
    ["a predictor by its short name", packed("<< >>", "/DP << /Predictor 12 >>")],
  ])("%s", (_, object) => {
    let finding: unknown;
    try {
      finding = pdfFinding(pdfOf({ objects: [object, "null\nendobj\n98 0 obj\n[/ASCIIHexDecode]"] }));
    } catch (error) {
      finding = error;
    }
    expect(finding === "actions" || finding instanceof PdfProblem).toBe(true);
  });
});

describe("a document that only shows is taken", () => {
  test.each([
    ["blank pages", pdfOf({ pages: 3 })],
    [
      "links on the web and within",
      link("<< /S /URI /URI (https://a.example/a\\(b\\)) >>", [
        "<< /A << /S /GoTo /D [3 0 R /Fit] >> >>",
        "<< /A << /S /URI /URI (mailto:a@a.example) >> >>",
      ]),
    ],
    ["buttons that turn pages", link("<< /S /Named /N /NextPage >>")],
    ["a first view", pdfOf({ catalog: "/OpenAction [3 0 R /XYZ null null 0]" })],
    [
      "text that names actions",
      pdfOf({
        objects: ["<< /Title (/S /JavaScript /Launch \\(x\\) << /AA >>) /Keywords <2f4a53> >> % /AA << >>"],
      }),
    ],
    [
      "content that shows the names",
      pdfOf({ objects: ["<< /Length 40 >>\nstream\nBT (/JavaScript /Launch) Tj /AA Do ET\nendstream"] }),
    ],
    [
      "a structure with attributes and roles",
      pdfOf({
        objects: [
          "<< /Type /StructElem /S /P /A << /O /Layout /Placement /Block >> >>",
          "<< /S /Transparency /Type /Group >>",
          "<< /Trans << /S /Dissolve >> >>",
        ],
      }),
    ],
    ["object streams", pdfOf({ objects: [packed("<< /Title (x) >>")] })],
  ])("%s", (_, bytes) => expect(pdfFinding(bytes)).toBeNull());
});

describe("what is made to be slow ends", () => {
  test.each([
    ["brackets", "[".repeat(200_000)],
    ["strings", "1 0 obj (".repeat(50_000)],
    ["arrays of objects", "1 0 obj [ ".repeat(50_000)],
    ["references in a ring", "1 0 obj << /A 1 0 R >> endobj ".repeat(5_000)],
    ["streams without an end", "1 0 obj << /N 1 /First 0 >> stream\n".repeat(5_000)],
  ])("%s", (_, text) => {
    try {
      expect(pdfFinding(Buffer.from(text))).toBeNull();
    } catch (error) {
      expect(error).toMatchObject({ message: expect.stringMatching(/too |unusual|broken|cannot/) });
    }
  });

  test("a bomb is not unpacked", () => {
    const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024)).toString("latin1");
    const object = `<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length ${bomb.length} >>\nstream\n${bomb}\nendstream`;
    expect(() => pdfFinding(pdfOf({ objects: [object] }))).toThrow(/cannot be unpacked/);
  });
});
