import { html, layout } from "../page.ts";
import type { MetaState } from "./state.ts";

/** The login dialog: which Pages, which permissions; it posts back to itself. */
export function consentPage(state: MetaState, form: URLSearchParams, scopes: string[]): string {
  const hidden = [...form].map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
  const pages = state.pages.map(
    (page) =>
      html`<p>
        <label><input type="checkbox" name="pages" value="${page.id}" checked /> ${page.name}</label>
      </p>`,
  );
  const permissions = scopes.map(
    (scope) =>
      html`<p>
        <label><input type="checkbox" name="declined" value="${scope}" /> Not ${scope}</label>
      </p>`,
  );
  return frame(
    "Log in with Facebook",
    html`<h1>Log in with Facebook</h1>
      <form class="card" method="post">
        ${hidden}
        <p>${state.user.name}, which Pages may this app use?</p>
        ${pages}
        <p>It asks for ${scopes.join(", ")}. Leave out:</p>
        ${permissions}
        <button name="decision" value="allow">Continue</button>
        <button class="quiet" name="decision" value="deny">Cancel</button>
      </form>`,
  );
}

export function plainPage(title: string, words: string): string {
  return frame(
    title,
    html`<h1>${title}</h1>
      <p class="card">${words}</p>`,
  );
}

function frame(title: string, body: ReturnType<typeof html>): string {
  return layout({ title, brand: "Meta emulator", home: "/", nav: [], body });
}
