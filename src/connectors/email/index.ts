import { z } from "zod";
import type { Problem } from "#kit";
import { sha256, trimEndOf } from "#kit";
import { failureOf, isSuccess, parseAnswer } from "../answers.ts";
import { commonProblems } from "../checks.ts";
import type {
  Connector,
  ConnectorContext,
  DeliveryInput,
  ItemRef,
  Limits,
  Located,
  LookedFor,
  MediaInfo,
  OptionField,
  Plan,
  Published,
  VariantContent,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { likenessOf } from "../likeness.ts";
import { momentText } from "../moment.ts";
import { nestingProblem } from "../text/markdown-depth.ts";
import { renderedText } from "../text/rendered-text.ts";
import { accountOf, emailForm, verify } from "./connect.ts";
import { renderMail } from "./render.ts";
import { channelCatcher, readCredentials, serverOf, targetOf } from "./settings.ts";

const limits: Limits = {
  textLength: 100_000,
  textUnit: "characters",
  maxParts: 1,
  maxMedia: 4,
  // The images travel inside the mail, and mail boxes refuse heavy ones.
  maxMediaBytes: 1_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/gif"],
  video: null,
  document: null,
  altTextLength: 1000,
  firstComment: false,
};

const options: OptionField[] = [
  {
    key: "subject",
    label: "Subject",
    kind: "text",
    choices: [],
    required: true,
    maxLength: 200,
    help: "The subject line. About 50 characters show on a phone.",
  },
];

const payloadSchema = z.object({
  subject: z.string(),
  html: z.string(),
  text: z.string(),
  date: z.iso.datetime(),
  from: z.object({ name: z.string(), address: z.string() }),
  to: z.array(z.string()),
  inline: z.array(z.object({ contentId: z.string(), mimeType: z.string(), base64: z.string() })),
});

// After the final dot a server may take ten minutes to answer: RFC 5321 section 4.5.3.2.6.
const realServers = { deadlineMs: 60_000, windowMs: 600_000 };

/** Mail over SMTP: one message to all recipients of the channel, with HTML and text from one Markdown source. */
export const email: Connector = {
  id: "email",
  name: "Email",
  summary: "Mail to your readers through your own SMTP server, or into the built-in mail catcher.",
  connect: emailForm,
  limits,
  accountLimits: null,
  options,

  target: targetOf,
  settling(context) {
    const catcher = channelCatcher(context);
    return catcher
      ? { deadlineMs: catcher.deadlineMs, windowMs: catcher.windowMs, builtIn: true }
      : realServers;
  },
  measure: characters,
  compose: (variant) => variant.parts,
  validate,
  price: () => null,
  quotas: () => [],
  apiVersion: null,
  externalIdOf: null,
  inspect: null,
  prepare,
  commit,
  locate,

  async probe(context) {
    await verify(context);
    return accountOf(readCredentials(context));
  },
};

function characters(text: string): number {
  return Array.from(text).length;
}

function validate(variant: VariantContent, media: MediaInfo[]): Problem[] {
  const problems = commonProblems(email, variant, media);
  if (/\p{Cc}/u.test(subjectOf(variant))) {
    const message = "The subject must be one line without control characters.";
    problems.push({ path: "/options/subject", code: "email.bad_subject", message });
  }
  return [
    ...problems,
    ...variant.parts.flatMap((text, index) => nestingProblem(`/parts/${index}`, text) ?? []),
  ];
}

function subjectOf(variant: VariantContent): string {
  const value = variant.options["subject"];
  return typeof value === "string" ? value.trim() : "";
}

async function prepare(context: ConnectorContext, delivery: DeliveryInput): Promise<Plan> {
  const { variant, dueAt } = delivery;
  const { from, recipients } = readCredentials(context);
  const inline = await Promise.all(
    delivery.media.map(async (file, index) => ({
      contentId: `image-${index + 1}.${file.sha256.slice(0, 16)}@galley`,
      mimeType: file.mimeType,
      base64: Buffer.from(await file.read()).toString("base64"),
    })),
  );
  const subject = subjectOf(variant);
  const images = inline.map((image, index) => ({
    contentId: image.contentId,
    altText: delivery.media[index]?.altText ?? "",
  }));
  const source = variant.parts.join("\n\n");
  const body = await renderedText(context, "email", source);
  const { html, text } = renderMail({ subject, body, source, link: variant.link, images });
  const payload = { subject, html, text, date: dueAt.toISOString(), from, to: recipients, inline };
  return { items: [{ kind: "post", payload }] };
}

/** The same for every attempt at an item: what a receiver, or the catcher, can recognise a repetition by. */
function messageIdOf(item: ItemRef, fromAddress: string): string {
  return `<${sha256(item.key).slice(0, 40)}@${fromAddress.split("@")[1] ?? "galley.invalid"}>`;
}

function payloadOf(plan: Plan, item: ItemRef): z.output<typeof payloadSchema> {
  return payloadSchema.parse(plan.items[item.index]?.payload);
}

async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const { date, ...content } = payloadOf(plan, item);
  const messageId = messageIdOf(item, content.from.address);
  const outcome = await context.mail.send(
    serverOf(context),
    {
      ...content,
      to: item.only ?? content.to,
      messageId,
      date: new Date(date),
      headers: { "Auto-Submitted": "auto-generated" },
    },
    context.signal,
  );
  if (outcome.kind === "accepted") {
    const { response, refused, deferred } = outcome;
    return { externalId: messageId, url: pageOf(context, messageId), data: { response }, refused, deferred };
  }
  const { verdict, code, message, evidence, refused = [] } = outcome;
  throw new ConnectorFailure({ verdict, code, message, refused, ...(evidence === null ? {} : { evidence }) });
}

/** Where the catcher shows a mail; a real server has no such page. */
function pageOf(context: ConnectorContext, messageId: string): string | null {
  const catcher = channelCatcher(context);
  if (!catcher) return null;
  return `${trimEndOf(catcher.publicUrl, /\//)}/mail?${new URLSearchParams({ message_id: messageId }).toString()}`;
}

const caughtSchema = z.object({
  messageId: z.string(),
  receivedAt: momentText,
  subject: z.string().default(""),
  to: z.array(z.string()).default([]),
});
type Caught = z.output<typeof caughtSchema>;

/**
 * Only the catcher can be asked what arrived; another server's mail lies in mail boxes that are not ours. After a loss
 * it is asked for everything: a mail under another id shows no more than its subject, so that a person decides.
 */
async function locate(
  context: ConnectorContext,
  plan: Plan,
  item: ItemRef,
  { sentAt, afterLoss }: LookedFor,
): Promise<Located | "unsupported"> {
  const catcher = channelCatcher(context);
  if (!catcher) return "unsupported";
  const { from, subject, to } = payloadOf(plan, item);
  const messageId = messageIdOf(item, from.address);
  const caught = await caughtBy(context, catcher.readBackUrl, afterLoss ? null : messageId);
  // The recipients that were taken before have the same mail under the same id.
  const { only } = item;
  const same = caught.filter((mail) => mail.messageId === messageId);
  const ours = only ? same.filter(isFor(only)) : same;
  const posts = ours.map((mail) => caughtMail(context, mail, sentAt));
  if (!afterLoss || ours.length > 0) return { by: "key", posts };
  const others = caught.filter(isFor(only ?? to)).map((mail) => ({
    ...caughtMail(context, mail, sentAt),
    createdAt: new Date(mail.receivedAt),
    likeness: likenessOf(false, { text: mail.subject }, { text: subject }),
  }));
  return { by: "list", posts: others, coversFrom: new Date(0), shows: [] };
}

function isFor(recipients: readonly string[]) {
  return (mail: Caught) => mail.to.some((recipient) => recipients.includes(recipient));
}

/** What arrived under this id; with null everything, also what is still on its way. */
async function caughtBy(
  context: ConnectorContext,
  readBackUrl: string,
  messageId: string | null,
): Promise<Caught[]> {
  const query = messageId === null ? "" : `?${new URLSearchParams({ message_id: messageId }).toString()}`;
  const response = await context.http.request({
    method: "GET",
    url: `${trimEndOf(readBackUrl, /\//)}/api/messages${query}`,
  });
  const platform = { id: "email", name: "The mail catcher" };
  if (!isSuccess(response)) throw failureOf(platform, response);
  return parseAnswer(platform, response, z.object({ items: z.array(caughtSchema) })).items;
}

/** Its time is none before it was sent. */
function caughtMail(context: ConnectorContext, { messageId, receivedAt }: Caught, sentAt: Date) {
  const createdAt = new Date(Math.max(Date.parse(receivedAt), sentAt.getTime()));
  return { externalId: messageId, url: pageOf(context, messageId), data: {}, createdAt };
}
