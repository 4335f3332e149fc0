import { contract, pageQuery } from "#platform/wire";
import * as schema from "./installation.schema.ts";

const tags = ["Security"];

export const securityContract = contract({
  listSecurityEvents: {
    method: "GET",
    path: "/installation/security-events",
    access: "installation",
    summary: "Refused sign-ins, tokens, requests and rights of this installation, newest first",
    tags,
    query: pageQuery,
    answers: { 200: schema.securityPage },
  },

  listWorkspaceSecurityEvents: {
    method: "GET",
    path: "/security-events",
    access: "workspace.manage",
    summary: "What was refused in this workspace, newest first",
    tags,
    query: pageQuery,
    answers: { 200: schema.securityPage },
  },
});
