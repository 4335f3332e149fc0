import type { Answer, Call, Operation } from "#contract";
import type { Money, Permission, Role } from "#kit";

/** Names for what the API takes and answers, each from its contract. Erased at build. */
export type { Money, Permission, Role };

/** What an operation takes as its body. */
export type Body<Id extends Operation> = NonNullable<Call<Id>["body"]>;
type ItemOf<Id extends Operation> = Answer<Id> extends { items: (infer Item)[] } ? Item : never;

export type Workspace = Answer<"createWorkspace">;
export type Me = Answer<"whoAmI"> & { workspace: Workspace; role: Role };
export type Member = ItemOf<"listMembers">;
export type InstallationAdmin = ItemOf<"listInstallationAdmins">;
export type InvitationMade = Answer<"invite">;
export type InvitationLink = Answer<"vouchForInvitation">;
export type InvitationPreview = Answer<"previewInvitation">;

export type Need = ItemOf<"listAttention">;
export type NeedKind = Need["kind"];

export type PostSummary = ItemOf<"listPosts">;
export type Overview = Answer<"getOverview">;
export type PostStatus = PostSummary["status"];
export type Post = Answer<"getPost">;
export type Decision = NonNullable<Post["lastDecision"]>;
export type Action = Post["allowed"][number];
export type SetAside = ItemOf<"listTextsSetAside">;
export type VersionSummary = ItemOf<"listPostVersions">;
export type Variant = Answer<"getPostVersion">["variants"][number];
export type VariantContent = Variant["content"];
export type VariantCheck = Answer<"checkPost">["variants"][number];
export type CheckProblem = VariantCheck["problems"][number];
export type PartCheck = VariantCheck["parts"][number];
export type Suspicious = VariantCheck["suspicious"][number];
export type Media = Answer<"getMedia">;
export type SchedulePreview = Answer<"previewSchedule">;
export type ScheduleRule = SchedulePreview["choices"][number]["rule"];

export type SeriesSummary = ItemOf<"listSeries">;
export type Series = Answer<"getSeries">;
export type SeriesRule = Series["rule"];
export type SeriesDate = Series["dates"][number];
export type RulePreview = Answer<"previewSeries">;
export type PlannedDate = ItemOf<"listPlannedDates">;

export type QueueSlot = Answer<"addQueueSlot">;
export type QueueItem = ItemOf<"listQueue">;

export type Import = Answer<"getImport">;
export type ImportLine = ItemOf<"listImportLines">;

export type Delivery = Answer<"retryDelivery">;
export type DeliveryState = Delivery["state"];
export type Attempt = Delivery["attempts"][number];

export type Connector = ItemOf<"listConnectors">;
export type Limits = Connector["limits"];
export type OptionField = Connector["options"][number];
export type FormField = Extract<Connector["connect"], { kind: "form" }>["fields"][number];
export type Channel = Answer<"getChannel">;
export type ChannelCheck = Answer<"checkChannel">;
export type PendingConnection = Answer<"getPendingConnection">;
export type Platform = ItemOf<"listPlatforms">;
export type AppFinding = Answer<"checkPlatformApp">["findings"][number];
export type DoctorReport = Answer<"examinePlatform">;
export type DoctorFinding = DoctorReport["findings"][number];
export type ExpiryWarning = ItemOf<"listExpiryWarnings">;
export type SlowedChannel = ItemOf<"listSlowedChannels">;
/** Only admins of the installation are told more than whether it is active. */
export type Quarantine = Answer<"readQuarantine">;

export type SiteSettings = Answer<"getSite">;

export type Run = Answer<"getRun">;

export type Usage = Answer<"getUsage">;
export type UsageTotal = Usage["total"];
