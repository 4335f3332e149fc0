import { html, layout } from "../page.ts";
import type { LinkedInApp } from "./state.ts";

const brand = "LinkedIn (emulated)";

/** Asks the member whether the app may act for them. Whatever the app sent comes back with the decision. */
export function consentPage(app: LinkedInApp, asked: URLSearchParams, scopes: string[]): string {
  const kept = ["client_id", "redirect_uri", "response_type", "state", "scope"];
  const hidden = kept.map(
    (name) => html`<input type="hidden" name="${name}" value="${asked.get(name) ?? ""}" />`,
  );
  const body = html`<div class="card">
    <h1>Let ${app.clientId} use your account?</h1>
    <p>It asks for:</p>
    <ul>
      ${scopes.map((scope) => html`<li>${scope}</li>`)}
    </ul>
    <form method="post" action="/oauth/v2/authorization">
      ${hidden}
      <label for="handle">Sign in as</label>
      <input id="handle" name="handle" value="ada" autocomplete="off" pattern="\\w{1,30}" required />
      <p class="soft">A new name opens a new account. Nothing here leaves this machine.</p>
      <div class="row">
        <button name="decision" value="allow">Allow</button>
        <button class="quiet" name="decision" value="cancel" formnovalidate>Cancel</button>
      </div>
    </form>
  </div>`;
  return layout({ title: "Sign in", brand, home: "/", nav: [], body });
}

export function messagePage(message: string): string {
  const body = html`<div class="card">
    <h1>Something went wrong</h1>
    <p>${message}</p>
  </div>`;
  return layout({ title: "LinkedIn", brand, home: "/", nav: [], body });
}
