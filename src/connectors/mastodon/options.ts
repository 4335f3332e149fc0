import type { OptionField } from "../contract.ts";

/** What people choose, and what Mastodon's API calls it. */
export const visibilities: Record<string, string> = {
  Public: "public",
  "Quiet public": "unlisted",
  Followers: "private",
};

export const options: OptionField[] = [
  choice(
    "visibility",
    "Who can see it",
    Object.keys(visibilities),
    "As your account is set, unless you choose.",
  ),
  text(
    "contentWarning",
    "Content warning",
    200,
    "Shown instead of the post until people open it; counts as text.",
  ),
  choice("sensitive", "Hide media", ["No", "Yes"], "Pictures and videos are covered until people look."),
  text("language", "Language", 3, "Two or three letters, such as en; your account's language if empty."),
];

function choice(key: string, label: string, choices: string[], help: string): OptionField {
  return { key, label, kind: "choice", choices, required: false, maxLength: 30, help };
}

function text(key: string, label: string, maxLength: number, help: string): OptionField {
  return { key, label, kind: "text", choices: [], required: false, maxLength, help };
}

/** The value of an option as it is sent: without space around it, empty where nothing was chosen. */
export function optionText(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
