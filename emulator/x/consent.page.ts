import { html, layout } from "../page.ts";

export type ConsentRequest = {
  clientId: string;
  redirectUri: string;
  state: string;
  challenge: string;
  scopes: string[];
};

/** Asks the person whether the app may act for the account that they name; each scope can be left out. */
export function consentPage(asked: ConsentRequest, username: string): string {
  const hidden = Object.entries({
    response_type: "code",
    client_id: asked.clientId,
    redirect_uri: asked.redirectUri,
    state: asked.state,
    code_challenge: asked.challenge,
    code_challenge_method: "S256",
    scope: asked.scopes.join(" "),
  }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
  const body = html`<div class="card">
    <h1>Authorize ${asked.clientId}?</h1>
    <p>It asks for:</p>
    <ul>
      ${asked.scopes.map((scope) => html`<li>${scope}</li>`)}
    </ul>
    <form method="post" action="/i/oauth2/authorize">
      ${hidden}
      <label for="username">Account</label>
      <input id="username" name="username" value="${username}" autocomplete="off" autocapitalize="none" />
      <label for="withheld">Scopes to leave out</label>
      <input id="withheld" name="withheld" value="" autocomplete="off" autocapitalize="none" />
      <div class="row">
        <button name="decision" value="allow">Authorize app</button
        ><button class="quiet" name="decision" value="deny">Cancel</button>
      </div>
    </form>
  </div>`;
  return layout({ title: "Authorize an app", brand: "X emulator", home: "/", nav: [], body });
}

export function errorPage(message: string): string {
  const body = html`<div class="card">
    <h1>Something went wrong</h1>
    <p>${message}</p>
  </div>`;
  return layout({ title: "X emulator", brand: "X emulator", home: "/", nav: [], body });
}
