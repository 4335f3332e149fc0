/** The name of a query. What begins alike goes stale together. */
export type Key = readonly unknown[];

function key<const Parts extends Key>(...parts: Parts): Parts {
  return parts;
}

/**
 * The names of all queries, and of what is marked stale: nowhere else stands one. A group has its beginning under
 * `all`. Series, the queue and the calendar stand under posts, since whatever changes a post may change them.
 */
export const keys = {
  setup: key("setup"),
  me: key("me"),
  invitation: (token: string) => key("invitation", token),
  sessions: key("sessions"),
  devices: key("devices"),
  quarantine: key("quarantine"),

  attention: {
    all: key("attention"),
    counts: key("attention", "counts"),
    list: (kind: string | undefined) => key("attention", "list", kind),
  },

  posts: {
    all: key("posts"),
    page: (filter: object) => key("posts", "page", filter),
    list: (filter: object) => key("posts", "list", filter),
    overview: key("posts", "overview"),
    one: (id: string) => key("posts", "one", id),
    versions: (id: string) => key("posts", "versions", id),
    version: (id: string, number: number) => key("posts", "version", id, number),
    setAside: (id: string) => key("posts", "set-aside", id),
    calendar: key("posts", "calendar"),
    calendarOf: (from: string, to: string) => key("posts", "calendar", from, to),
    planned: (from: string, to: string) => key("posts", "planned", from, to),
    seriesList: key("posts", "series", "list"),
    series: (id: string) => key("posts", "series", "one", id),
    slots: key("posts", "slots"),
    queue: (from: string, to: string) => key("posts", "queue", from, to),
    suggestion: (channelIds: string[], postId: string) => key("posts", "suggestion", channelIds, postId),
  },
  schedule: (wall: string, zone: string) => key("schedule", wall, zone),
  rule: (rule: object) => key("rule", rule),
  checks: {
    all: key("check"),
    of: (checked: object) => key("check", checked),
  },
  deliveries: {
    all: key("deliveries"),
    ofPost: (postId: string, status: string) => key("deliveries", "post", postId, status),
  },
  media: {
    all: key("media"),
    one: (id: string) => key("media", id),
  },
  runs: {
    all: key("runs"),
    one: (id: string) => key("runs", id),
  },
  imports: {
    all: key("imports"),
    list: key("imports", "list"),
    one: (id: string) => key("imports", "one", id),
    lines: (id: string, state: string | undefined, step: string) => key("imports", "lines", id, state, step),
  },

  channels: {
    all: key("channels"),
    list: key("channels", "list"),
    warnings: key("channels", "warnings"),
    slowed: key("channels", "slowed"),
    impact: (id: string) => key("channels", "impact", id),
  },
  connectors: key("connectors"),
  platforms: key("platforms"),
  guide: (connector: string) => key("guide", connector),
  pending: (id: string) => key("pending", id),
  appCheck: (connector: string, values: object) => key("app-check", connector, values),
  doctor: {
    all: key("doctor"),
    of: (connector: string) => key("doctor", connector),
  },

  members: key("members"),
  invitations: key("invitations"),
  installation: {
    all: key("installation"),
    admins: key("installation", "admins"),
    invitations: key("installation", "invitations"),
  },
  site: key("site"),
  usage: (days: number) => key("usage", days),
};

/** One post as its page and the composer have it. */
export function isOnePost([group, name]: Key): boolean {
  return group === "posts" && name === "one";
}
