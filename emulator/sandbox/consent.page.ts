import { html, layout } from "../page.ts";

const meanings: Record<string, string> = {
  "posts.read": "Read your posts",
  "posts.write": "Publish posts, threads and comments",
  "media.write": "Upload images",
  profile: "See your name and handle",
  "offline.access": "Stay connected until you withdraw it",
};

export type ConsentRequest = {
  clientId: string;
  redirectUri: string;
  state: string;
  challenge: string;
  scopes: string[];
};

/** Asks the person whether the client may act for the account they name. */
export function consentPage(
  base: string,
  asked: ConsentRequest,
  handle: string,
  wrongHandle: boolean,
): string {
  const hidden = Object.entries({
    response_type: "code",
    client_id: asked.clientId,
    redirect_uri: asked.redirectUri,
    state: asked.state,
    code_challenge: asked.challenge,
    code_challenge_method: "S256",
    scope: asked.scopes.join(" "),
  }).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`);
  const problem = wrongHandle
    ? html`<p class="problem" id="handle-problem">A handle has 1 to 30 letters, digits or underscores.</p>`
    : null;
  return sandboxLayout(
    base,
    "Connect to the sandbox",
    null,
    html` <div class="card">
      <h1>Let ${asked.clientId} use a sandbox account?</h1>
      <p>It will be able to:</p>
      <ul>
        ${asked.scopes.map((scope) => html`<li>${meanings[scope] ?? scope}</li>`)}
      </ul>
      <form method="post" action="${base}/oauth/authorize">
        ${hidden}
        <label for="handle">Account handle</label>
        <input
          id="handle"
          name="handle"
          value="${handle}"
          autocomplete="off"
          autocapitalize="none"
          aria-describedby="handle-hint"
        />
        ${problem}
        <p class="soft" id="handle-hint">
          A new handle opens a new account; the sandbox asks for no password. Nothing here leaves this
          machine.
        </p>
        <div class="row">
          <button name="decision" value="allow">Allow</button
          ><button class="quiet" name="decision" value="deny">Cancel</button>
        </div>
      </form>
      <p class="soft">You will be taken back to ${new URL(asked.redirectUri).host}.</p>
    </div>`,
  );
}

export function errorPage(base: string, message: string): string {
  const body = html`<div class="card">
    <h1>That did not work</h1>
    <p>${message}</p>
  </div>`;
  return sandboxLayout(base, "Sandbox", null, body);
}

export function sandboxLayout(
  base: string,
  title: string,
  current: "timeline" | "faults" | null,
  body: ReturnType<typeof html>,
): string {
  return layout({
    title,
    brand: "Sandbox",
    home: `${base}/`,
    nav: [
      { href: `${base}/`, label: "Timeline", current: current === "timeline" },
      { href: `${base}/faults`, label: "Fault switches", current: current === "faults" },
    ],
    body,
  });
}
