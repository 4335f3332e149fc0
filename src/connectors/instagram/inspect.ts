import { z } from "zod";
import { isLoopbackName } from "#kit";
import { parseJson } from "../answers.ts";
import type { ConnectorContext, ConnectorResponse, Finding } from "../contract.ts";
import { ConnectorFailure } from "../failure.ts";
import { inspectMeta, readSettings, request } from "../meta-graph/index.ts";
import { platform, publishing } from "./platform.ts";

/** Beside what every channel of Meta's is asked: whether Instagram can fetch files from here, and how much of the day is left. */
export async function inspectInstagram(context: ConnectorContext): Promise<Finding[]> {
  const reachable = await reachability(context);
  const meta = await inspectMeta(platform, context);
  if (meta.some(({ level }) => level === "error")) return [...reachable, ...meta];
  return [...reachable, ...meta, ...(await usage(context))];
}

/** Instagram fetches every file from Galley's public address: without that, nothing can be published there. */
async function reachability(context: ConnectorContext): Promise<Finding[]> {
  const { publicUrl, baseUrl } = readSettings(platform, context.settings);
  const fix =
    "Put Galley behind an address that is reachable from the internet by https, set PUBLIC_URL to it, and start Galley again.";
  if (publicUrl === undefined)
    return finding("no_public_url", "Galley does not know its public address.", fix);
  // An emulator on this machine fetches what Meta could not, and is where Galley's own rules do not let it look.
  const local = isLoopbackName(new URL(baseUrl).hostname);
  const { hostname, protocol } = new URL(publicUrl);
  if (isLoopbackName(hostname)) return local ? [] : privateAddress(publicUrl, fix);
  if (!local && protocol !== "https:") {
    return finding("not_https", `Instagram fetches files by https alone; PUBLIC_URL is ${publicUrl}.`, fix);
  }
  try {
    const url = new URL("/media/probe", publicUrl).href;
    const answer = await context.http.request({ method: "GET", url });
    return leadsToFiles(answer) ? [] : elsewhere(url, answer.status);
  } catch (error) {
    return unreachable(publicUrl, local, error, fix);
  }
}

const probeSchema = z.object({ galley: z.literal("files") });

/** A proxy may lead only some paths to Galley, ask for a password, or lead to another server altogether. */
function leadsToFiles({ status, body }: ConnectorResponse): boolean {
  return status === 200 && probeSchema.safeParse(parseJson(new TextDecoder().decode(body))).success;
}

function elsewhere(url: string, status: number): Finding[] {
  const problem = `Instagram fetches files from Galley's public address, but ${url} was not answered by Galley (status ${status}).`;
  const fix =
    "Look at the proxy in front of Galley: it has to pass on /media/ without a sign-in or a redirect. Where Galley is at another address, set PUBLIC_URL to it and start Galley again.";
  return finding("public_url_elsewhere", problem, fix);
}

function privateAddress(publicUrl: string, fix: string): Finding[] {
  const problem = `PUBLIC_URL (${publicUrl}) is an address of this machine or of a private network, where Instagram cannot fetch files.`;
  return finding("public_url_private", problem, fix);
}

function unreachable(publicUrl: string, local: boolean, error: unknown, fix: string): Finding[] {
  const code = error instanceof ConnectorFailure ? error.code : "";
  const why = error instanceof ConnectorFailure ? error.message : "no connection";
  // In words of our own: those of the rules advise to let Galley in, which would not help Instagram.
  if (code === "egress.private_address") return local ? [] : privateAddress(publicUrl, fix);
  // Many networks do not lead a server back to its own public address.
  const mayBeFine = ["egress.connect", "egress.timeout", "egress.reset"].includes(code);
  const problem = `Galley's public address (${publicUrl}) cannot be reached from this machine: ${why}`;
  const outside =
    "Open it on a phone without Wi-Fi: where it opens there, Instagram reaches it too. Otherwise: ";
  const [found] = finding("public_url_unreachable", problem, mayBeFine ? `${outside}${fix}` : fix);
  return found ? [{ ...found, level: mayBeFine ? "warning" : "error" }] : [];
}

function finding(code: string, problem: string, fix: string): Finding[] {
  return [{ level: "error", code: `instagram.${code}`, problem, fix }];
}

const limitSchema = z.object({
  data: z.array(
    z.object({
      quota_usage: z.number(),
      config: z.object({ quota_total: z.number() }).optional(),
    }),
  ),
});

async function usage(context: ConnectorContext): Promise<Finding[]> {
  const answer = await request(platform, context, limitSchema, publishing, {
    method: "GET",
    path: `/${context.accountId}/content_publishing_limit`,
    params: { fields: "config,quota_usage" },
  });
  const [limit] = answer.data;
  const total = limit?.config?.quota_total ?? 100;
  if (!limit || limit.quota_usage < total * 0.9) return [];
  return [
    {
      level: "warning",
      code: "instagram.daily_limit_near",
      problem: `${limit.quota_usage} of ${total} posts of these 24 hours are used.`,
      fix: "Spread the posts over more days; what is over the limit waits by itself.",
    },
  ];
}
