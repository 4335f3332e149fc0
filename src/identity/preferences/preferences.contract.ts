import { contract } from "#platform/wire";
import { preferences } from "./preferences.schema.ts";

export const preferencesContract = contract({
  changePreferences: {
    method: "PATCH",
    path: "/me",
    access: "session",
    summary: "Choose the language in which Galley speaks to you",
    tags: ["Sessions"],
    body: preferences.partial(),
    answers: { 200: preferences },
  },
});
