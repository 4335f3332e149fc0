import { z } from "zod";
import type { ApiVersion, Connector, OAuthConnect, OpenedAccount } from "#connectors";
import { ConnectorFailure, connectorRegistry } from "#connectors";
import type { JsonObject } from "#kit";

/** What the sandbox's account stands for on `pages`: two Pages, one of which cannot be published to. */
const pages = [
  { accountId: "page-harbour", name: "Harbour News", problem: null },
  { accountId: "page-market", name: "Market Square", problem: null },
  { accountId: "page-closed", name: "Closed Page", problem: "Your role there may not publish." },
];

function sandboxOAuth(): Connector & { connect: OAuthConnect } {
  const connector = connectorRegistry().get("sandbox");
  if (connector?.connect.kind !== "oauth") throw new TypeError("the sandbox connects by OAuth");
  return { ...connector, connect: connector.connect };
}

type FieldOptions = { kind?: "text" | "password" | "url"; required?: boolean };

function fieldOf(key: string, label: string, { kind = "text", required = true }: FieldOptions = {}) {
  return { key, label, kind, choices: [], required, placeholder: "", help: "" };
}

/** Versions of the API of `apps` are years, and end with them. */
const yearly = z.object({
  version: z
    .string()
    .regex(/^\d{4}$/)
    .default("2999"),
});

function versionOfApps(settings: JsonObject): ApiVersion {
  const parsed = yearly.safeParse(settings);
  if (parsed.success) {
    const { version } = parsed.data;
    return { name: version, endsAt: version === "2999" ? null : new Date(`${version}-12-31T00:00:00Z`) };
  }
  const message = "There is no such version.";
  throw new ConnectorFailure({ verdict: "not_sent", code: "apps.not_configured", message });
}

/**
 * Platforms that differ from the sandbox in one thing each, and speak to the same emulator:
 *
 * - `pages`: one consent opens several Pages, each with credentials of its own
 * - `homes`: the person's own server is asked for before, and registers an app
 * - `once`: nothing renews or withdraws its access
 * - `apps`: a team registers an app, whose client id and secret the sandbox does not look at
 */
export function sandboxKinds(): Connector[] {
  const sandbox = sandboxOAuth();
  const { connect } = sandbox;
  return [
    {
      ...sandbox,
      id: "pages",
      name: "Pages",
      connect: {
        ...connect,
        scopes: ["profile", "posts.write"],
        optionalScopes: [{ scope: "posts.read", enables: "reading posts back" }],
        accounts: async (_context, tokens): Promise<OpenedAccount[]> =>
          pages.map(({ accountId, name, problem }) => ({
            ...tokens,
            credentials: { ...tokens.credentials, page: accountId },
            endsAt: new Date("2030-01-01T00:00:00Z"),
            account: { accountId, handle: name, displayName: name, avatarUrl: null, profileUrl: null },
            kind: "Page",
            problem,
          })),
      },
      probe: async (context) => {
        await sandbox.probe(context);
        const page = pages.find(({ accountId }) => accountId === context.credentials["page"]);
        const name = page?.name ?? "";
        return {
          accountId: page?.accountId ?? "",
          handle: name,
          displayName: name,
          avatarUrl: null,
          profileUrl: null,
        };
      },
    },
    {
      ...sandbox,
      id: "homes",
      name: "Homes",
      connect: {
        ...connect,
        before: {
          fields: [fieldOf("server", "Address of your server", { kind: "url" })],
          register: async (_context, form, redirectUri) => {
            if (!URL.canParse(form["server"] ?? "")) {
              const message = "This is not the address of a server.";
              throw new ConnectorFailure({ verdict: "rejected", code: "homes.bad_server", message });
            }
            return { clientId: `app-of-${form["server"]}`, redirectUri };
          },
        },
        authorizeUrl: (settings, request) => {
          const { clientId, redirectUri } = registrationSchema.parse(request.registration);
          return connect.authorizeUrl({ ...settings, clientId }, { ...request, redirectUri });
        },
        exchange: (context, grant) => {
          const { clientId } = registrationSchema.parse(grant.registration);
          return connect.exchange({ ...context, settings: { ...context.settings, clientId } }, grant);
        },
      },
    },
    {
      ...sandbox,
      id: "once",
      name: "Once",
      connect: { ...connect, refresh: null, revoke: null },
    },
    {
      ...sandbox,
      id: "apps",
      name: "Apps",
      apiVersion: versionOfApps,
      connect: {
        ...connect,
        app: {
          consoleUrl: "https://developers.example.test/apps",
          fields: [
            fieldOf("clientId", "Client ID"),
            fieldOf("clientSecret", "Client secret", { kind: "password" }),
            fieldOf("version", "API version", { required: false }),
          ],
        },
      },
    },
  ];
}

const registrationSchema = z.object({ clientId: z.string(), redirectUri: z.string() });
