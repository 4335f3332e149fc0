import type { FaultKind } from "../faults.ts";
import { faultKinds, operations } from "../faults.ts";
import { html } from "../page.ts";
import { sandboxLayout } from "./consent.page.ts";
import type { SandboxState } from "./state.ts";

const labels: Record<FaultKind, string> = {
  error_before_commit: "503, nothing published",
  error_after_commit: "500, but published",
  lost_answer: "Published, answer lost",
  cut_answer: "Published, reset in the middle of the answer",
  reset_before_commit: "Reset before anything happened",
  late_commit: "Answer lost, published after the delay",
  listing_lag: "Published, listed after the delay",
  slow: "Published, answered after the delay",
  throttle: "429, wait for the delay",
  slow_body: "Published, body of the answer after the delay",
  garbled: "Published, answer makes no sense",
  ghost_duplicate: "The platform itself shows it twice",
  reordered_listing: "The listing comes in another order",
  refusal: "422, nothing published",
  refusal_after_commit: "422, but published",
  throttle_until: "429, wait until a date",
  throttle_in_ms: "429, a reset in milliseconds",
  firewall_page: "Published, a firewall answers with its own 403",
  sent_twice: "A balancer sends the request twice",
};

/** Switches that make the sandbox fail as real platforms do. */
export function faultsPage(state: SandboxState): string {
  const { basePath } = state;
  const action = `${basePath}/faults`;
  const active = state.faults.map(
    (fault) =>
      html`<li>
        ${labels[fault.kind]}
        <span class="soft"
          >on ${fault.on},
          ${fault.remaining === null ? "until cleared" : `${fault.remaining} more`}${fault.delayMs > 0 ? `, ${fault.delayMs / 1000} s` : ""}</span
        >
      </li>`,
  );
  return sandboxLayout(
    basePath,
    "Fault switches · Sandbox",
    "faults",
    html` <h1>Fault switches</h1>
      <p class="soft">
        See what Galley does when a platform misbehaves: switch something on, publish, and watch the post
        arrive exactly once.
      </p>
      <div class="card">
        <h2>Switched on</h2>
        ${
          active.length > 0
            ? html`<ul class="plain">
                ${active}
              </ul>`
            : html`<p class="soft">Nothing: the sandbox behaves.</p>`
        }
        <form method="post" action="${action}">
          <button class="quiet" name="action" value="clear">Clear all</button>
        </form>
      </div>
      <form class="card" method="post" action="${action}">
        <h2>Add a fault</h2>
        <label for="kind">What happens</label>
        <select id="kind" name="kind">
          ${faultKinds.map((kind) => html`<option value="${kind}">${labels[kind]}</option>`)}
        </select>
        <div class="grid">
          <div>
            <label for="on">To requests that</label
            ><select id="on" name="on">
              ${operations.map((name) => html`<option value="${name}">${name}</option>`)}
            </select>
          </div>
          <div>
            <label for="remaining">How often (empty: always)</label
            ><input id="remaining" name="remaining" type="number" min="1" value="1" />
          </div>
          <div>
            <label for="delaySeconds">Delay in seconds</label
            ><input id="delaySeconds" name="delaySeconds" type="number" min="0" max="3600" value="0" />
          </div>
        </div>
        <button name="action" value="add">Switch on</button>
      </form>
      <form class="card" method="post" action="${action}">
        <h2>Access tokens</h2>
        <div class="row">
          <button class="quiet" name="action" value="expire">Expire all now</button>
          <button class="quiet" name="action" value="revoke">Withdraw all access</button>
        </div>
      </form>`,
  );
}
