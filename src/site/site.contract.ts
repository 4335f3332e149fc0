import { contract } from "#platform/wire";
import * as schema from "./site.schema.ts";

export const siteContract = contract({
  getSite: {
    method: "GET",
    path: "/site",
    access: "channels.read",
    summary: "The public pages of the workspace",
    tags: ["Site"],
    answers: { 200: schema.settings },
  },

  changeSite: {
    method: "PUT",
    path: "/site",
    access: "channels.manage",
    summary: "Name the public pages, and switch them on or off",
    tags: ["Site"],
    body: schema.settingsBody,
    answers: { 200: schema.settings },
  },
});
