import { z } from "zod";
import { contract, instant } from "#platform/wire";

const quarantineView = z.object({
  active: z.boolean(),
  since: instant.nullable(),
  unknownSince: instant.nullable().describe("What was sent after this moment is unknown to this database."),
  reason: z.string().nullable(),
  unchecked: z.int().describe("Due deliveries that were not looked up yet."),
  reading: z.int().describe("Deliveries that are being looked up."),
  asking: z.int().describe("Deliveries about which a person is asked."),
  later: z.int().describe("Deliveries planned for later, which are looked up when they are due."),
  mayRunTwice: z
    .boolean()
    .describe(
      "This may be a copy of a Galley that still runs: a release has to say that the other one is off.",
    ),
});

/** Whoever works here has to know why nothing goes out; what is looked up belongs to everybody's workspaces. */
const quarantineSeen = quarantineView.partial().required({ active: true });

const releaseBody = z
  .object({
    otherIsOff: z
      .boolean()
      .default(false)
      .describe("The other Galley is switched off; needed where `mayRunTwice` is true."),
    nothingSentEarly: z
      .boolean()
      .default(false)
      .describe("Nobody sent early, since `unknownSince`, what is planned for later: it is not looked up."),
  })
  .nullish();

export const quarantineContract = contract({
  readQuarantine: {
    method: "GET",
    path: "/quarantine",
    access: "posts.read",
    summary:
      "Whether sending waits because history was lost; admins of the installation see how far looking up has come",
    tags: ["Deliveries"],
    answers: { 200: quarantineSeen },
  },

  startQuarantine: {
    method: "POST",
    path: "/quarantine",
    access: "installation",
    again: "it is on already",
    summary: "Say that the database was restored: nothing is sent until what was sent is known",
    tags: ["Deliveries"],
    body: z.object({ since: instant.describe("When the backup was made.") }),
    answers: { 200: quarantineView },
  },

  releaseQuarantine: {
    method: "POST",
    path: "/quarantine/release",
    access: "installation",
    again: "it is off already",
    summary: "End the quarantine; refused while something is not looked up",
    tags: ["Deliveries"],
    body: releaseBody,
    answers: { 200: quarantineView },
  },
});
