/**
 * What a test asks of a page from within. Each is sent to the browser as text, so it stands alone; and in JavaScript, for
 * the types of a browser are not for the rest of this project.
 */

/** How wide the page is, and how wide it could be. */
export function pageWidths() {
  const { scrollWidth, clientWidth } = document.documentElement;
  return { scrollWidth, clientWidth };
}

/**
 * Whether the page is shown so.
 * @param {string} query of media
 */
export function matches(query) {
  return matchMedia(query).matches;
}

/**
 * How every text stands out from what is behind it, by WCAG's formula, and, as `(outline)`, how the focus does.
 * @returns {{ text: string, ratio: number, dark: boolean }[]} `dark` is light text on a dark ground
 */
export function contrasts() {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (text) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    return canvas.getImageData(0, 0, 1, 1).data;
  };
  const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([red, green, blue]) => 0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const ground = (from) => {
    for (let at = from; at; at = at.parentElement) {
      const box = at instanceof SVGGElement ? at.querySelector("rect") : null;
      const found = colour(box ? getComputedStyle(box).fill : getComputedStyle(at).backgroundColor);
      if (found[3] === 255) return found;
    }
    throw new Error(`nothing is behind ${from?.outerHTML}`);
  };
  const compared = (text, front, back) => {
    const [one, other] = [luminance(front), luminance(back)];
    return { text, ratio: (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05), dark: one > other };
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { parentElement: parent, textContent } = node;
    if (textContent.trim() === "" || parent instanceof SVGTitleElement) continue;
    const { color, fill } = getComputedStyle(parent);
    found.push(compared(textContent.trim(), colour(parent instanceof SVGElement ? fill : color), ground(parent)));
  }
  const focus = document.activeElement;
  if (focus !== document.body)
    found.push(compared("(outline)", colour(getComputedStyle(focus).outlineColor), ground(focus.parentElement)));
  return found;
}

/**
 * Elements of which a part is out of sight, and whether it can be moved into sight.
 * @returns {{ element: string, scrolls: boolean }[]}
 */
export function hiddenParts() {
  const isHidden = (each) => {
    const region = each.closest(".wide");
    if (each === region) return each.scrollWidth > each.clientWidth;
    return region === null && each.getBoundingClientRect().right > document.documentElement.clientWidth;
  };
  return [...document.querySelectorAll("main, main *:not(svg *)")].filter(isHidden).map((each) => ({
    element: `${each.tagName} ${each.className} ${each.getAttribute("aria-label") ?? ""}`.trim(),
    scrolls: getComputedStyle(each).overflowX === "auto",
  }));
}

/**
 * What the keyboard should reach, in the order of the text.
 * @returns {string[]}
 */
export function reachable() {
  const all = [...document.querySelectorAll("a[href], button, summary, input, [tabindex]:not([tabindex='-1'])")];
  return all.map((each) => each.getAttribute("aria-label") ?? each.textContent);
}

/**
 * What has the focus, and how that shows.
 * @returns {{ label: string, outline: string, moved: number }}
 */
export function focused() {
  const at = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(at);
  const label = at.getAttribute("aria-label") ?? at.textContent;
  return { label, outline: `${outlineStyle} ${outlineWidth}`, moved: at.scrollLeft };
}

/**
 * The things of the picture and the words between them, as they are shown.
 *
 * @typedef {{ text: string, fontPixels: number }} Word
 * @typedef {Word & { left: number, right: number, top: number, bottom: number, textWidth: number }} Box
 * @returns {{ boxes: Box[], words: Word[] }}
 */
export function pictureParts() {
  const svg = document.querySelector("svg");
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  const word = (text) => ({
    text: text.textContent,
    fontPixels: Number.parseFloat(getComputedStyle(text).fontSize) * scale,
  });
  const boxes = [...svg.querySelectorAll("g")].map((group) => {
    const { left, right, top, bottom } = group.querySelector("rect").getBoundingClientRect();
    const text = group.querySelector("text");
    return { ...word(text), left, right, top, bottom, textWidth: text.getBoundingClientRect().width };
  });
  return { boxes, words: [...svg.querySelectorAll("text.way")].map(word) };
}
