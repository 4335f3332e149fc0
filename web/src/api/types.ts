import type { z } from "zod";
import type { Money, Permission, Role } from "#kit";
import type * as runs from "../../../src/agent/runs.schema.ts";
import type * as channels from "../../../src/channels/api/channels.schema.ts";
import type * as oauth from "../../../src/channels/api/oauth.schema.ts";
import type * as imports from "../../../src/desk/api/imports.schema.ts";
import type * as queue from "../../../src/desk/api/queue.schema.ts";
import type * as series from "../../../src/desk/api/series.schema.ts";
import type * as delivery from "../../../src/delivery/api/deliveries.schema.ts";
import type * as holds from "../../../src/delivery/holds/holds.schema.ts";
import type * as desk from "../../../src/desk/api/posts.schema.ts";
import type * as usage from "../../../src/usage/usage.schema.ts";
import type * as installation from "../../../src/installation/installation.schema.ts";
import type * as passwords from "../../../src/identity/passwords.schema.ts";
import type * as sessions from "../../../src/identity/sessions/sessions.schema.ts";
import type * as site from "../../../src/site/site.schema.ts";
import type * as workspaces from "../../../src/workspaces/workspaces.schema.ts";

/** The wire types, from the schemas that the server validates and serialises with. Erased at build. */
export type { Money, Permission, Role };

export type Page<Item> = { items: Item[]; next: string | null };

export type Workspace = z.infer<typeof workspaces.workspace>;
export type WhoAmI = z.infer<typeof workspaces.me>;
export type Me = WhoAmI & { workspace: Workspace; role: Role };
export type Member = z.infer<typeof workspaces.memberList>["items"][number];
export type InstallationAdmin = z.infer<typeof installation.adminList>["items"][number];
export type Invitation = z.infer<typeof workspaces.invitationList>["items"][number];
export type InvitationMade = z.infer<typeof workspaces.invitationMade>;
export type UnprovenInvitation = z.infer<typeof workspaces.unprovenInvitations>["items"][number];
export type InvitationLink = z.infer<typeof workspaces.invitationLink>;
export type Device = z.infer<typeof passwords.deviceList>["items"][number];
export type InvitationPreview = z.infer<typeof workspaces.invitationPreview>;
export type Session = z.infer<typeof sessions.sessionList>["items"][number];

export type PostSummary = z.infer<typeof desk.postPage>["items"][number];
export type Overview = z.infer<typeof desk.overview>;
export type PostStatus = PostSummary["status"];
export type Post = z.infer<typeof desk.fullPost>;
export type Decision = NonNullable<Post["lastDecision"]>;
export type Action = Post["allowed"][number];
export type Version = z.infer<typeof desk.version>;
export type SetAside = z.infer<typeof desk.setAsideList>["items"][number];
export type VersionSummary = z.infer<typeof desk.versionList>["items"][number];
export type Variant = Version["variants"][number];
export type VariantContent = Variant["content"];
export type VariantCheck = z.infer<typeof desk.checkResult>["variants"][number];
export type CheckProblem = VariantCheck["problems"][number];
export type PartCheck = VariantCheck["parts"][number];
export type Suspicious = VariantCheck["suspicious"][number];
export type Media = z.infer<typeof desk.media>;
export type SchedulePreview = z.infer<typeof desk.schedulePreview>;
export type ScheduleRule = SchedulePreview["choices"][number]["rule"];

export type SeriesSummary = z.infer<typeof series.seriesList>["items"][number];
export type Series = z.infer<typeof series.series>;
export type SeriesRule = Series["rule"];
export type SeriesDate = Series["dates"][number];
export type RulePreview = z.infer<typeof series.rulePreview>;
export type PlannedDate = z.infer<typeof series.plannedList>["items"][number];

export type QueueSlot = z.infer<typeof queue.slot>;
export type QueueItem = z.infer<typeof queue.upcomingList>["items"][number];
export type SlotSuggestion = z.infer<typeof queue.suggestion>;

export type Import = z.infer<typeof imports.imported>;
export type ImportLine = z.infer<typeof imports.lineList>["items"][number];

export type Delivery = z.infer<typeof delivery.delivery>;
export type DeliveryState = Delivery["state"];
export type Attempt = Delivery["attempts"][number];

export type Connector = z.infer<typeof channels.connectorList>["items"][number];
export type Limits = Connector["limits"];
export type OptionField = Connector["options"][number];
export type FormField = Extract<Connector["connect"], { kind: "form" }>["fields"][number];
export type Channel = z.infer<typeof channels.channel>;
export type ChannelCheck = z.infer<typeof channels.checked>;
export type PendingConnection = z.infer<typeof channels.pending>;
export type Platform = z.infer<typeof oauth.platformList>["items"][number];
export type AppFinding = z.infer<typeof oauth.appChecked>["findings"][number];
export type DoctorReport = z.infer<typeof oauth.report>;
export type DoctorFinding = DoctorReport["findings"][number];
export type ExpiryWarning = z.infer<typeof oauth.warningList>["items"][number];
export type SlowedChannel = z.infer<typeof holds.slowedChannel>;
export type DisconnectImpact = z.infer<typeof oauth.impact>;

export type SiteSettings = z.infer<typeof site.settings>;

export type Run = z.infer<typeof runs.runSchema>;

export type Usage = z.infer<typeof usage.summarySchema>;
export type UsageTotal = Usage["total"];
