export const shellText = {
  skip: "Skip to content",
  nav: "Main",
  sidebar: "Workspace and navigation",
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
  letterShortcuts: "Shortcuts of one letter",
  lost: "Galley can't be reached. What you write is kept on this device.",
  unavailable: "Galley is not ready right now. What you write is kept on this device.",
  unreachable: "There is no connection to Galley",
  unreachableLead:
    "Posts and channels are kept on the server, not on this device. This screen fills by itself as soon as Galley answers.",
  signOutLost: "Galley can't be reached, so you are still signed in. Sign out when the connection is back.",
  retry: "Try again",
  paused: "This workspace is paused: nothing is sent. Posts that stay due for too long become missed.",
  pausedWhere: "Settings",
  crashed: "This screen could not be shown",
  notFound: "There is no such page",
  notFoundLead: "The address may be mistyped, or the post was deleted.",
  toHome: "Go to Home",
  loading: "Loading",
  waiting: (count: number) => `${count} waiting`,
  apiDocs: "API documentation",
  titles: {
    setup: "Set up",
    signIn: "Sign in",
    invitation: "Invitation",
    post: "Post",
    edit: "Edit post",
    doctor: "Connection doctor",
    week: "Calendar by week",
    list: "Calendar as a list",
  },
} as const;

export const quarantineText = {
  lead: "Nothing is sent, because Galley may not know what went out.",
  left: (count: number) => `What may have gone out is looked up on the platforms: ${count} left.`,
  others: "An admin of this Galley ends that once it is known.",
  mayRunTwice: "Switch the other Galley off, if there is one, before you let posts go out here.",
  done: "Everything that is due was looked up. You may let posts go out again.",
  asking: (count: number) =>
    count === 1
      ? "1 post needs your answer under Needs you."
      : `${count} posts need your answer under Needs you.`,
  release: "Let posts go out",
  releaseLead: "Galley can't know this by itself.",
  released: "Posts go out again",
  forgotten: (since: string) =>
    `What people did after ${since} is forgotten here: a post that was called off, or an approval taken back, stands again. Look through the calendar before posts go out.`,
  keep: "Keep waiting",
  otherIsOff: "The other Galley is switched off",
  otherIsOffHelp: "This may be a copy. If both run, both send the same posts.",
  nothingSentEarly: "Nobody sent a planned post early",
  nothingSentEarlyHelp: (count: number) =>
    count === 1
      ? "Then 1 planned post goes out at its time. Otherwise Galley looks for it on its platform first, which takes some minutes, and may ask you."
      : `Then ${count} planned posts go out at their time. Otherwise Galley looks for each on its platform first, which takes some minutes, and may ask you.`,
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
  letters: "Shortcuts of one letter",
  lettersHelp: "Off, only combinations with Ctrl work. Kept on this device.",
  goTo: "Go to",
  groups: [
    {
      title: "Everywhere",
      keys: [
        { keys: ["Ctrl", "K"], does: "Command palette" },
        { keys: ["c"], does: "New post" },
        { keys: ["?"], does: "This help" },
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
        { keys: ["a"], does: "Approve, after a question" },
        { keys: ["Ctrl", "Z"], does: "Take back the approval just given" },
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
        { keys: ["l"], does: "List" },
        { keys: ["Shift", "→"], does: "Move the chosen post by a day" },
        { keys: ["Shift", "↓"], does: "Move it by a week" },
      ],
    },
  ],
} as const;
