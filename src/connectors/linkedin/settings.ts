import { z } from "zod";
import { trimEndOf } from "#kit";
import type { AppRegistration, ConnectorContext, FormField } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { newestVersion } from "./versions.ts";

export const platform = { id: "linkedin", name: "LinkedIn" };

/** Numbers may come from a form, as text. */
const amount = z.coerce.number().int().positive();

const settingsSchema = z.object({
  clientId: z.string().default(""),
  clientSecret: z.string().default(""),
  /** `LinkedIn-Version`, YYYYMM. */
  apiVersion: z
    .string()
    .regex(/^\d{6}$/)
    .or(z.literal(""))
    .default("")
    .transform((version) => (version === "" ? newestVersion : version)),
  apiUrl: z.url().default("https://api.linkedin.com").transform(withoutSlash),
  /** The pages: consent, posts. */
  webUrl: z.url().default("https://www.linkedin.com").transform(withoutSlash),
  /** Scopes to ask for beyond Galley's own, by spaces, where an app was granted newer ones. */
  extraScopes: z.string().default(""),
  postsPerDay: amount.default(150),
  appPostsPerDay: amount.default(100_000),
  deadlineMs: amount.default(30_000),
  windowMs: amount.default(600_000),
  /** How often and how many times a fresh upload is asked whether it is ready, before the post waits its turn. */
  pollMs: amount.default(1_000),
  polls: amount.default(10),
});

export type LinkedInSettings = z.output<typeof settingsSchema>;

function withoutSlash(url: string): string {
  return trimEndOf(url, /\//);
}

export function readSettings(settings: ConnectorContext["settings"]): LinkedInSettings {
  const parsed = settingsSchema.safeParse(settings);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "linkedin.not_configured",
    message: `The LinkedIn settings are not right (${fields}); mend them and try again.`,
    cause: parsed.error,
  });
}

/** The settings of an app that can be asked for consent; says what is missing otherwise. */
export function readAppSettings(settings: ConnectorContext["settings"]): LinkedInSettings {
  const found = readSettings(settings);
  if (found.clientId !== "" && found.clientSecret !== "") return found;
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "linkedin.not_configured",
    message:
      "There is no LinkedIn app yet. Create one at linkedin.com/developers and enter its client id and client secret; the setup guide shows each step.",
  });
}

/** What a team enters once. Profiles and Pages need an app each: docs/decisions/0060. */
export const appRegistration: AppRegistration = {
  consoleUrl: "https://www.linkedin.com/developers/apps",
  fields: [
    {
      key: "clientId",
      label: "Client ID",
      kind: "text",
      choices: [],
      required: true,
      placeholder: "86xxxxxxxxxxxx",
      help: "On the app's Auth tab, under Application credentials.",
    },
    {
      key: "clientSecret",
      label: "Primary client secret",
      kind: "password",
      choices: [],
      required: true,
      placeholder: "",
      help: "Beside the client ID; copy it with the button, without spaces around it.",
    },
    {
      key: "apiVersion",
      label: "API version",
      kind: "text",
      choices: [],
      required: false,
      placeholder: newestVersion,
      help: "Year and month, such as 202607. Leave it empty for the newest that Galley knows.",
    },
    limit("postsPerDay", "Posts a day, one account", "for one account"),
    limit("appPostsPerDay", "Posts a day, whole app", "for all accounts together"),
  ],
};

function limit(key: string, label: string, whose: string): FormField {
  const help = `How many posts LinkedIn lets this app make ${whose} in 24 hours, where its Analytics tab says so.`;
  return { key, label, kind: "number", choices: [], required: false, placeholder: "", help };
}
