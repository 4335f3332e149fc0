export type { Renderer } from "./renderer.ts";
export { createRenderer } from "./renderer.ts";
export { plainHtml } from "./plain-html.ts";
