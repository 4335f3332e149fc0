import { contract, idParams } from "#platform/wire";
import * as schema from "./imports.schema.ts";

export const importsContract = contract({
  listImports: {
    method: "GET",
    path: "/imports",
    access: "posts.read",
    summary: "Imports, newest first",
    tags: ["Imports"],
    answers: { 200: schema.importList },
  },

  uploadImport: {
    method: "POST",
    path: "/imports",
    access: "posts.write",
    idempotent: true,
    summary: "Read a CSV file and check its lines; nothing is made yet",
    tags: ["Imports"],
    body: schema.uploadBody,
    answers: { 201: schema.imported },
  },

  getImport: {
    method: "GET",
    path: "/imports/:id",
    access: "posts.read",
    summary: "How far an import is",
    tags: ["Imports"],
    params: idParams,
    answers: { 200: schema.imported },
  },

  listImportLines: {
    method: "GET",
    path: "/imports/:id/lines",
    access: "posts.read",
    summary: "What is made of each line of the file, or what is wrong with it",
    tags: ["Imports"],
    params: idParams,
    query: schema.linesQuery,
    answers: { 200: schema.lineList },
  },

  startImport: {
    method: "POST",
    path: "/imports/:id/start",
    access: "posts.write",
    idempotent: true,
    summary: "Make a draft of every good line",
    tags: ["Imports"],
    params: idParams,
    answers: { 200: schema.imported },
  },
});

export const importFilesContract = contract({
  getImportTemplate: {
    method: "GET",
    path: "/imports/template.csv",
    access: "posts.read",
    summary: "A CSV file with all columns and one example",
    tags: ["Imports"],
    produces: ["text/csv"],
  },

  exportPosts: {
    method: "GET",
    path: "/exports/posts.csv",
    access: "posts.read",
    summary: "All posts as a CSV file that an import takes",
    tags: ["Imports"],
    produces: ["text/csv"],
  },
});
