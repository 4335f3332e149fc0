import { contract, pageQuery } from "#platform/wire";
import * as schema from "./installation.schema.ts";

const tags = ["Installation"];

export const installationContract = contract({
  listInstallationAdmins: {
    method: "GET",
    path: "/installation/admins",
    access: "installation",
    summary: "Who decides about this installation",
    tags,
    answers: { 200: schema.adminList },
  },

  addInstallationAdmin: {
    method: "POST",
    path: "/installation/admins",
    access: "installation",
    again: "they are an admin already",
    summary: "Name one more admin, by the address of an account",
    tags,
    body: schema.addAdminBody,
    answers: { 200: schema.adminList },
  },

  removeInstallationAdmin: {
    method: "DELETE",
    path: "/installation/admins/:userId",
    access: "installation",
    summary: "Remove an admin; the last one stays",
    tags,
    params: schema.adminParams,
    answers: { 200: schema.adminList },
  },

  listInstallationEvents: {
    method: "GET",
    path: "/installation/audit",
    access: "installation",
    summary: "What was done to the installation and to accounts, newest first",
    tags,
    query: pageQuery,
    answers: { 200: schema.eventPage },
  },
});
