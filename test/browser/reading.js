// What a reader meets on a page; loaded into it by languages.test.ts.
globalThis.galleyReading = {
  /** All that is read or heard, piece by piece, but for what says of itself that it is English. */
  words() {
    const found = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
      if (!node.parentElement.closest("script, style, noscript, [lang=en]")) found.push(node.textContent);
    for (const name of ["aria-label", "title", "placeholder", "alt", "aria-description"])
      for (const element of document.querySelectorAll(`[${name}]`)) found.push(element.getAttribute(name));
    return found.map((text) => text.trim()).filter((text) => text !== "");
  },

  /** From which side the line begins that holds these words of what a person wrote. */
  sideOf(wanted) {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const at = node.textContent.indexOf(wanted);
      const written = node.parentElement.closest(".as-written");
      if (at < 0 || !written) continue;
      const range = document.createRange();
      range.setStart(node, at);
      range.setEnd(node, at + wanted.length);
      const [line, box] = [range.getBoundingClientRect(), written.getBoundingClientRect()];
      return box.right - line.right < line.left - box.left ? "right" : "left";
    }
    return "nowhere";
  },
};
