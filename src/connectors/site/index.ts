import { z } from "zod";
import type { JsonObject, Problem } from "#kit";
import { commonProblems } from "../checks.ts";
import type {
  Connector,
  ConnectorContext,
  ConnectorSite,
  DeliveryInput,
  FormField,
  ItemRef,
  Limits,
  Located,
  LookedFor,
  OptionField,
  Plan,
  Published,
  SiteAddress,
  SiteOutcome,
  SitePublished,
  VariantContent,
} from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { nestingProblem } from "../text/markdown-depth.ts";
import { renderedText } from "../text/rendered-text.ts";
import { isSlug } from "./slug.ts";

const limits: Limits = {
  textLength: 100_000,
  textUnit: "characters",
  maxParts: 1,
  maxMedia: 20,
  maxMediaBytes: 20_000_000,
  mediaTypes: ["image/jpeg", "image/png", "image/webp", "image/gif"],
  video: { mediaTypes: ["video/mp4"], maxBytes: 500_000_000, maxMs: 3_600_000, describes: true },
  document: { mediaTypes: ["application/pdf"], maxBytes: 100_000_000, maxPages: 300 },
  altTextLength: 2000,
  firstComment: false,
};

const options: OptionField[] = [
  option("title", "Title", 200, true, "The headline of the page, and its title in feeds and search engines."),
  option(
    "slug",
    "Address",
    100,
    false,
    "Small letters of any script, digits and hyphens; made from the title if empty.",
  ),
  option("canonical", "Original address", 2000, false, "Where this text appeared first, if not here."),
  option("tags", "Tags", 300, false, "Separated by commas."),
];

function option(key: string, label: string, maxLength: number, required: boolean, help: string): OptionField {
  return { key, label, kind: "text", choices: [], required, maxLength, help };
}

function field(key: string, label: string, required: boolean, placeholder: string, help: string): FormField {
  return { key, label, kind: "text", choices: [], required, placeholder, help };
}

const slugPattern = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const payloadSchema = z.object({
  title: z.string(),
  slug: z.string().nullable(),
  body: z.string(),
  // Plans of earlier versions have none.
  rendered: z
    .object({ html: z.string(), text: z.string(), language: z.string().nullable() })
    .nullable()
    .default(null),
  link: z.string().nullable(),
  canonicalUrl: z.string().nullable(),
  tags: z.array(z.string()),
  media: z.array(
    z.object({
      sha256: z.string(),
      mimeType: z.string(),
      bytes: z.number().nullable().default(null),
      width: z.number(),
      height: z.number(),
      altText: z.string(),
    }),
  ),
});

/** Galley's own public pages: an entry with an address, in the feeds and in the content API. */
export const site: Connector = {
  id: "site",
  name: "Site",
  summary: "Pages, feeds and a content API that Galley serves itself, for everybody to read.",
  connect: {
    kind: "form",
    fields: [
      field("title", "Title", true, "News from Example Ltd", "What readers see on top of the list."),
      field(
        "slug",
        "Address",
        true,
        "example",
        "The pages are at /site/ and this: small letters, digits, hyphens.",
      ),
      field("description", "Description", false, "", "One sentence under the title, and in the feeds."),
    ],
    async standing(context) {
      const site = valueOf(await pagesOf(context).address());
      return site ? { title: site.title, slug: site.slug, description: site.description } : {};
    },
    async open(context, form) {
      const slug = (form["slug"] ?? "").trim().toLowerCase();
      const title = (form["title"] ?? "").trim();
      if (!slugPattern.test(slug)) {
        throw refused("site.bad_slug", "An address has 1 to 63 small letters, digits and hyphens.");
      }
      if (title === "" || title.length > 200)
        throw refused("site.bad_title", "A title has 1 to 200 characters.");
      const description = (form["description"] ?? "").trim().slice(0, 500);
      const address = valueOf(await pagesOf(context).open({ slug, title, description }));
      return { credentials: {}, scopes: [], expiresAt: null, endsAt: null, account: accountOf(address) };
    },
    refresh: null,
  },
  limits,
  accountLimits: null,
  options,

  async target(context) {
    const { slug, url } = valueOf(await pagesOf(context).address()) ?? { slug: "", url: "no pages" };
    return { facts: { accountId: context.accountId, slug }, words: url };
  },
  settling: () => ({ deadlineMs: 15_000, windowMs: 30_000, builtIn: true }),
  measure: (text) => Array.from(text).length,
  compose: (variant) => variant.parts,
  validate(variant, media) {
    return [
      ...commonProblems(site, variant, media),
      ...optionProblems(variant),
      ...variant.parts.flatMap((part, index) => nestingProblem(`/parts/${index}`, part) ?? []),
    ];
  },
  price: () => null,
  quotas: () => [],
  apiVersion: null,
  externalIdOf: null,
  inspect: null,
  prepare,
  commit,
  locate,

  async probe(context) {
    const address = valueOf(await pagesOf(context).address());
    if (address) return accountOf(address);
    throw new ConnectorFailure({
      verdict: "unauthorized",
      code: "site.gone",
      message: "This workspace has no pages any more; connect the channel again.",
    });
  },
};

function optionProblems(variant: VariantContent): Problem[] {
  const problems: Problem[] = [];
  const slug = text(variant, "slug");
  if (slug !== "" && !isSlug(slug)) {
    const message = "An address has small letters of any script, digits and hyphens, like spring-catalogue.";
    problems.push({ path: "/options/slug", code: "site.bad_slug", message });
  }
  const canonical = text(variant, "canonical");
  const protocol = URL.parse(canonical)?.protocol;
  if (canonical !== "" && protocol !== "https:" && protocol !== "http:") {
    const message = "The original address must start with https:// or http://.";
    problems.push({ path: "/options/canonical", code: "site.bad_canonical", message });
  }
  return problems;
}

function text(variant: VariantContent, key: string): string {
  const value = variant.options[key];
  return typeof value === "string" ? value.trim() : "";
}

async function prepare(context: ConnectorContext, { variant, media }: DeliveryInput): Promise<Plan> {
  const tags = text(variant, "tags")
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  const body = variant.parts.join("\n\n");
  const payload = {
    title: text(variant, "title"),
    slug: text(variant, "slug") || null,
    body,
    rendered: await renderedText(context, "site", body),
    link: variant.link,
    canonicalUrl: text(variant, "canonical") || null,
    tags: [...new Set(tags)],
    media: media.map(({ sha256, mimeType, bytes, width, height, altText }) => ({
      sha256,
      mimeType,
      bytes,
      width,
      height,
      altText,
    })),
  };
  return { items: [{ kind: "post", payload }] };
}

async function commit(context: ConnectorContext, plan: Plan, item: ItemRef): Promise<Published> {
  const entry = payloadSchema.parse(plan.items[item.index]?.payload);
  return published(valueOf(await pagesOf(context).put(item.key, entry)));
}

/** Entries stand in Galley's own database: what that has lost, nobody sees any more, under whichever key. */
async function locate(
  context: ConnectorContext,
  _plan: Plan,
  item: ItemRef,
  { afterLoss }: LookedFor,
): Promise<Located> {
  const found = valueOf(await pagesOf(context).find(item.key));
  if (!found && afterLoss) return { by: "list", posts: [], coversFrom: new Date(0), shows: [] };
  return { by: "key", posts: found ? [{ ...published(found), createdAt: found.publishedAt }] : [] };
}

function pagesOf(context: Pick<ConnectorContext, "site">): ConnectorSite {
  if (context.site) return context.site;
  throw new ConnectorFailure({
    verdict: "not_sent",
    code: "site.not_served",
    message: "This Galley serves no public pages.",
  });
}

function valueOf<Value>(outcome: SiteOutcome<Value>): Value {
  if (outcome.kind === "done") return outcome.value;
  const { verdict, code, message } = outcome;
  throw new ConnectorFailure({ verdict, code, message });
}

function published({ id, url }: SitePublished): Published {
  const data: JsonObject = {};
  return { externalId: id, url, data };
}

function accountOf({ accountId, slug, title, url }: SiteAddress) {
  return { accountId, handle: `/site/${slug}`, displayName: title, avatarUrl: null, profileUrl: url };
}

function refused(code: string, message: string): ConnectorFailure {
  return new ConnectorFailure({ verdict: "rejected", code, message });
}
