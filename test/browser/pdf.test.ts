import { expect, test } from "vitest";
import { pdfFinding } from "../../src/desk/media/pdf-actions.ts";
import { noBrowser, launch } from "./chromium.ts";

test.skipIf(noBrowser !== null)(
  "a page that a browser printed, with links and a form, only shows",
  async () => {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      await page.setContent(
        `<h1 id="top">Trees</h1><p><a href="https://a.example/x?y=1">web</a> <a href="#top">top</a> <a href="mailto:a@a.example">mail</a></p><input value="x">`,
      );
      expect(pdfFinding(await page.pdf({ tagged: true, outline: true }))).toBeNull();
    } finally {
      await browser.close();
    }
  },
);
