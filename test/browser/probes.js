// Runs in the page: what the tests of screens ask about what is shown.
globalThis.galleyProbes = (() => {
  const shifts = [];

  function nameOf(node) {
    const element = node instanceof Element ? node : node?.parentElement;
    return element ? element.outerHTML.slice(0, 140) : "removed";
  }

  // Layout Instability API, from the first paint on.
  new PerformanceObserver((list) => {
    for (const { hadRecentInput, value, sources } of list.getEntries()) {
      if (!hadRecentInput) shifts.push({ value, what: sources.map(({ node }) => nameOf(node)) });
    }
  }).observe({ type: "layout-shift", buffered: true });

  /** The sum of all shifts, never less than a session window of CLS, and what moved in the largest. */
  function layoutShift() {
    const total = shifts.reduce((sum, { value }) => sum + value, 0);
    return { total, worst: shifts.toSorted((left, right) => right.value - left.value)[0] };
  }

  function repeatedIds() {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    return ids.filter((id, index) => ids.indexOf(id) !== index);
  }

  const named =
    "a, button, label, h1, h2, h3, option, [role=tab], [role=radio], [role=option], [role=menuitem]";
  const unspoken = "[aria-hidden=true], kbd, svg, pre, code, mark, ins, del";

  /**
   * Names whose words run together, as "Posts3": two texts of different elements inside one control or heading with
   * no white space between them. What readers do not hear takes no part.
   */
  function gluedNames() {
    const glued = new Set();
    for (const element of document.querySelectorAll(named)) {
      if (element.hasAttribute("aria-label")) continue;
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      let before = null;
      for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        if (text.data === "" || text.parentElement.closest(unspoken)) continue;
        if (before && before.parentElement !== text.parentElement) {
          const border = before.data.slice(-1) + text.data.slice(0, 1);
          if (!/[\s.,;:!?()…·–—-]/u.test(border)) glued.add(`${before.data}|${text.data}`);
        }
        before = text;
      }
    }
    return [...glued];
  }

  const touchable =
    "a[href], button, input, select, textarea, summary, [role=button], [role=tab], [role=switch], [role=checkbox], [role=radio]";
  const toggle = "input[type=checkbox], input[type=radio], [role=switch], [role=checkbox]";

  /** How far a touch reaches it: its box, that of a `::before` or `::after` laid over it, or a toggle's label. */
  function reach(element) {
    const label =
      element.closest("label") ?? document.querySelector(`label[for="${CSS.escape(element.id)}"]`);
    const boxes = [element, ...(element.matches(toggle) && label ? [label] : [])].map((box) =>
      box.getBoundingClientRect(),
    );
    for (const pseudo of ["::before", "::after"]) {
      const { content, position, width, height } = getComputedStyle(element, pseudo);
      if (content === "none" || position !== "absolute") continue;
      boxes.push({ width: Number.parseFloat(width), height: Number.parseFloat(height) });
    }
    return {
      width: Math.max(...boxes.map(({ width }) => width)),
      height: Math.max(...boxes.map(({ height }) => height)),
    };
  }

  /** A link inside a sentence is part of the text (WCAG 2.5.8, inline). */
  function isInline(element) {
    return element.matches("a") && getComputedStyle(element).display === "inline";
  }

  function isOutOfReach(element) {
    const { visibility, opacity, pointerEvents, clipPath } = getComputedStyle(element);
    const { width, height } = element.getBoundingClientRect();
    return (
      width <= 1 ||
      height <= 1 ||
      visibility === "hidden" ||
      opacity === "0" ||
      // Only for readers, as long as it has no focus.
      clipPath !== "none" ||
      pointerEvents === "none" ||
      element.closest("[aria-hidden=true], [inert]") !== null
    );
  }

  /** What a finger may touch and misses: less than 40 pixels in a direction. */
  function smallTargets() {
    const small = new Set();
    for (const element of document.querySelectorAll(touchable)) {
      if (isOutOfReach(element) || isInline(element)) continue;
      const { width, height } = reach(element);
      if (width >= 39.5 && height >= 39.5) continue;
      const name = element.getAttribute("aria-label") ?? element.textContent.trim().slice(0, 40);
      small.add(`${element.tagName.toLowerCase()} "${name}" ${Math.round(width)}x${Math.round(height)}`);
    }
    return [...small];
  }

  return { layoutShift, repeatedIds, gluedNames, smallTargets };
})();
