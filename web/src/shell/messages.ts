export const shellText = {
  skip: "Skip to content",
  nav: "Main",
  home: "Home",
  needs: "Needs you",
  inbox: "Approvals",
  posts: "Posts",
  calendar: "Calendar",
  queue: "Queue",
  series: "Series",
  import: "Import posts",
  channels: "Channels",
  usage: "Usage",
  settings: "Settings",
  newPost: "New post",
  search: "Search or jump to…",
  searchShort: "Search",
  workspaces: "Workspaces",
  newWorkspace: "New workspace",
  switchWorkspace: (name: string) => `Workspace ${name}. Switch workspace`,
  account: "Account menu",
  signOut: "Sign out",
  theme: "Theme",
  themes: { system: "System", light: "Light", dark: "Dark" },
  shortcuts: "Keyboard shortcuts",
  lost: "Galley can't be reached. What you write is kept on this device.",
  unavailable: "Galley is not ready right now. What you write is kept on this device.",
  retry: "Try again",
  quarantine: "The database was restored from a backup, so nothing is sent.",
  quarantineLeft: (count: number) =>
    `What may have gone out since then is looked up on the platforms: ${count} left.`,
  quarantineDone: "Everything was looked up. An owner may let posts go out again.",
  quarantineAsking: (count: number) =>
    count === 1
      ? "1 post needs your answer under Needs you."
      : `${count} posts need your answer under Needs you.`,
  release: "Let posts go out",
  released: "Posts go out again",
  paused: "This workspace is paused: nothing is sent. Posts that stay due for too long become missed.",
  pausedWhere: "Settings",
  crashed: "This screen could not be shown",
  notFound: "There is no such page",
  notFoundLead: "The address may be mistyped, or the post was deleted.",
  toHome: "Go to Home",
  loading: "Loading",
  waiting: (count: number) => `${count} waiting`,
  apiDocs: "API documentation",
} as const;

export const paletteText = {
  label: "Command palette",
  placeholder: "Type a command or search posts…",
  empty: "Nothing found.",
  goTo: "Go to",
  actions: "Actions",
  posts: "Posts",
  themeTo: (theme: string) => `Theme: ${theme}`,
} as const;

export const shortcutsText = {
  title: "Keyboard shortcuts",
  groups: [
    {
      title: "Everywhere",
      keys: [
        { keys: ["Ctrl", "K"], does: "Command palette" },
        { keys: ["c"], does: "New post" },
        { keys: ["?"], does: "This help" },
        { keys: ["g", "h"], does: "Home" },
        { keys: ["g", "y"], does: "Needs you" },
        { keys: ["g", "a"], does: "Approvals" },
        { keys: ["g", "p"], does: "Posts" },
        { keys: ["g", "c"], does: "Calendar" },
        { keys: ["g", "n"], does: "Channels" },
        { keys: ["g", "s"], does: "Settings" },
      ],
    },
    {
      title: "Needs you",
      keys: [
        { keys: ["j"], does: "Next" },
        { keys: ["k"], does: "Previous" },
        { keys: ["o"], does: "Open" },
      ],
    },
    {
      title: "Approvals",
      keys: [
        { keys: ["j"], does: "Next post" },
        { keys: ["k"], does: "Previous post" },
        { keys: ["a"], does: "Approve" },
        { keys: ["r"], does: "Request changes" },
        { keys: ["e"], does: "Edit" },
      ],
    },
    {
      title: "Calendar",
      keys: [
        { keys: ["t"], does: "Today" },
        { keys: ["←"], does: "Back" },
        { keys: ["→"], does: "Forward" },
        { keys: ["m"], does: "Month" },
        { keys: ["w"], does: "Week" },
        { keys: ["Shift", "→"], does: "Move the chosen post by a day" },
        { keys: ["Shift", "↓"], does: "Move it by a week" },
      ],
    },
  ],
} as const;
