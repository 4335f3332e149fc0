import { isLoopbackName } from "#kit";
import type { Finding } from "./findings.ts";
import type { Sourced } from "./sources.ts";
import type { Values } from "./values.ts";
import { variables } from "./variables.ts";

/** Providers that run without a key: one's own machine, or whatever speaks the OpenAI protocol. */
const keyless = new Set(["ollama", "openai-compatible"]);

function isLiveMode({ GALLEY_MODE: mode }: Values): boolean {
  return mode === "production" || mode === "staging";
}

function* problems(values: Values, sources: Sourced): Generator<Finding> {
  const isLive = isLiveMode(values);
  const isLocal = isLoopbackName(values.HOST);
  if (isLive && !isLocal && values.PUBLIC_URL === null) {
    yield {
      level: "error",
      variable: "PUBLIC_URL",
      problem: `is missing, and ${values.GALLEY_MODE} listens on ${values.HOST}`,
      fix: variables.PUBLIC_URL.fix,
    };
  }
  if (
    isLive &&
    values.PUBLIC_URL?.startsWith("http:") &&
    !isLoopbackName(new URL(values.PUBLIC_URL).hostname)
  ) {
    yield {
      level: "error",
      variable: "PUBLIC_URL",
      problem: "is not https, so sign-in cookies would cross the network in the clear",
      fix: "Put a proxy with a certificate in front and write its https address.",
    };
  }
  if (!isLive && !isLocal) {
    yield {
      level: "warning",
      variable: "HOST",
      problem: `opens Galley to the network in ${values.GALLEY_MODE} mode`,
      fix: "Set GALLEY_MODE=production, or HOST=127.0.0.1.",
    };
  }
  if (isLive && values.DATABASE_URL !== null && values.GALLEY_KEY === null) {
    yield {
      level: "error",
      variable: "GALLEY_KEY",
      problem: "is missing: with a database of your own, the key must outlive this machine's data folder",
      fix: variables.GALLEY_KEY.fix,
    };
  }
  yield* builtInProblems(values);
  yield* mailProblems(values, sources);
  if (values.LLM_PROVIDER === null) {
    for (const name of ["LLM_MODEL", "LLM_API_KEY", "LLM_BASE_URL"] as const) {
      if (values[name] === null) continue;
      yield {
        level: "error",
        variable: name,
        problem: "needs LLM_PROVIDER",
        fix: variables.LLM_PROVIDER.fix,
      };
    }
  } else {
    const needed = new Set<"LLM_MODEL" | "LLM_API_KEY" | "LLM_BASE_URL">(["LLM_MODEL"]);
    if (!keyless.has(values.LLM_PROVIDER)) needed.add("LLM_API_KEY");
    if (values.LLM_PROVIDER === "openai-compatible") needed.add("LLM_BASE_URL");
    for (const name of needed) {
      if (values[name] !== null) continue;
      const problem = `is missing for LLM_PROVIDER=${values.LLM_PROVIDER}`;
      yield { level: "error", variable: name, problem, fix: variables[name].fix };
    }
  }
  for (const [name, { source }] of sources) {
    if (!/^(GALLEY|LLM|DELIVERY|UPLOAD|SANDBOX|EGRESS)_/.test(name) || name in variables) continue;
    if (name === "GALLEY_SERVER" || name === "GALLEY_TOKEN") continue;
    const problem = `is no setting of Galley (from ${source})`;
    yield { level: "warning", variable: name, problem, fix: "Check its spelling in docs/configuration.md." };
  }
}

/** Playthings beside real channels: allowed where somebody named them, and told. */
function* builtInProblems(values: Values): Generator<Finding> {
  for (const name of ["SANDBOX", "MAIL_CATCHER"] as const) {
    if (values[name] !== true || !isLiveMode(values)) continue;
    const problem = `is on in ${values.GALLEY_MODE}: everybody who is signed in can use it and read what it holds`;
    yield {
      level: "warning",
      variable: name,
      problem,
      fix: `Leave ${name} out, unless you want to try things here.`,
    };
  }
}

function* mailProblems(values: Values, sources: Sourced): Generator<Finding> {
  // By what was given: one that is wrong has been told of already.
  const [hasServer, hasSender] = [sources.has("SMTP_URL"), sources.has("MAIL_FROM")];
  if (hasServer && !hasSender) {
    const problem = "is missing for SMTP_URL";
    yield { level: "error", variable: "MAIL_FROM", problem, fix: variables.MAIL_FROM.fix };
  }
  if (!hasServer && hasSender) {
    yield { level: "error", variable: "MAIL_FROM", problem: "needs SMTP_URL", fix: variables.SMTP_URL.fix };
  }
  if (!hasServer && !(values.MAIL_CATCHER ?? !isLiveMode(values))) {
    const problem = "is not set, so nobody is mailed when a post needs a person; the dashboard alone tells";
    yield { level: "info", variable: "SMTP_URL", problem, fix: variables.SMTP_URL.fix };
  }
}

/** What is wrong about the settings together, though each alone is fine. */
export function checkTogether(values: Values, sources: Sourced): Finding[] {
  return [...problems(values, sources)];
}
