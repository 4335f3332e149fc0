import { Readable } from "node:stream";
import { z } from "zod";
import { GalleyError, newId } from "#kit";
import { actorOf, type App, contract, idParams, instant, serve } from "#platform/wire";

const note = z.object({ id: z.uuid(), text: z.string(), at: instant.nullable() });
const noteBody = z.object({
  text: z.string().trim().min(1).max(20),
  at: instant.nullable().optional(),
  tags: z.array(z.enum(["red", "blue"])).default([]),
  kind: z.discriminatedUnion("name", [
    z.object({ name: z.literal("plain") }),
    z.object({ name: z.literal("loud"), volume: z.int().min(1) }),
  ]),
  even: z
    .int()
    .refine((value) => value % 2 === 0, "This must be even.")
    .optional(),
});

export const notesContract = contract({
  makeNote: {
    method: "POST",
    path: "/notes",
    access: "posts.write",
    idempotent: true,
    summary: "Make a note",
    tags: ["Notes"],
    body: noteBody,
    answers: { 201: note },
  },

  streamNote: {
    method: "POST",
    path: "/notes/stream",
    access: "posts.write",
    idempotent: true,
    summary: "Make a note that is answered in pieces",
    tags: ["Notes"],
    body: noteBody,
  },

  getNote: {
    method: "GET",
    path: "/notes/:id",
    access: "posts.read",
    summary: "A note",
    tags: ["Notes"],
    params: idParams,
    query: z.object({ limit: z.int().min(1).default(7), loud: z.boolean().optional() }),
    answers: { 200: note },
  },
});

/** A feature for tests of the edge: notes that can be made and read, slowly and with every failure. */
export type Notes = {
  routes: (app: App) => void;
  /** How many were made. */
  made: number;
  /** Lets the request go on that makes a note called `slow`. */
  release: () => void;
  /** Runs once, while the next note is made. */
  meanwhile: () => Promise<void>;
};

export const plainNote = { text: "hello", kind: { name: "plain" } };

export function createNotes(): Notes {
  const notes: Notes = { routes, made: 0, release: () => undefined, meanwhile: async () => undefined };

  function routes(app: App): void {
    serve(app, notesContract, {
      makeNote: async (request, reply) => {
        const { text, at = null } = request.body;
        const { meanwhile } = notes;
        notes.meanwhile = async () => undefined;
        await meanwhile();
        if (text === "conflict")
          throw new GalleyError({ code: "notes.taken", kind: "conflict", message: "Taken." });
        if (text === "slow") {
          await new Promise<void>((resolve) => {
            notes.release = resolve;
          });
        }
        notes.made += 1;
        // Long enough to be compressed.
        const words = text === "wordy" ? "word ".repeat(1000) : text;
        return reply.code(201).send({ id: newId(), text: words, at });
      },

      streamNote: (_request, reply) =>
        reply
          .code(201)
          .type("text/plain")
          .send(Readable.from(["a ", "stream"])),

      getNote: async (request) => {
        const { limit, loud } = request.query;
        const fields = { text: `${limit} ${loud} ${actorOf(request).role}`, password: "never leaves" };
        return { id: request.params.id, at: null, ...fields };
      },
    });
    app.post("/broken", { config: { access: "public" }, schema: { hide: true } }, () => {
      throw new Error("the password is hunter2");
    });
  }

  return notes;
}
