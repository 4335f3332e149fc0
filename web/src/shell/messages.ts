import { plural, t, texts } from "../lib/texts.ts";

export const shellText = texts(() => ({
  skip: t`Skip to content`,
  nav: t`Main`,
  sidebar: t`Workspace and navigation`,
  home: t`Home`,
  needs: t`Needs you`,
  inbox: t`Approvals`,
  posts: t`Posts`,
  calendar: t`Calendar`,
  queue: t`Queue`,
  series: t`Series`,
  import: t`Import posts`,
  channels: t`Channels`,
  usage: t`Usage`,
  settings: t`Settings`,
  newPost: t`New post`,
  search: t`Search or jump to…`,
  searchShort: t`Search`,
  searchKeys: t`Ctrl K`,
  workspaces: t`Workspaces`,
  newWorkspace: t`New workspace`,
  switchWorkspace: (name: string) => t`Workspace ${{ name }}. Switch workspace`,
  account: t`Account menu`,
  signOut: t`Sign out`,
  theme: t`Theme`,
  themes: { system: t`System`, light: t`Light`, dark: t`Dark` },
  language: t`Language`,
  asBrowser: t`As the browser`,
  shortcuts: t`Keyboard shortcuts`,
  letterShortcuts: t`Shortcuts of one letter`,
  lost: t`Galley can't be reached. What you write is kept on this device.`,
  unavailable: t`Galley is not ready right now. What you write is kept on this device.`,
  unreachable: t`There is no connection to Galley`,
  unreachableLead: t`Posts and channels are kept on the server, not on this device. This screen fills by itself as soon as Galley answers.`,
  signOutLost: t`Galley can't be reached, so you are still signed in. Sign out when the connection is back.`,
  retry: t`Try again`,
  paused: t`This workspace is paused: nothing is sent. Posts that stay due for too long become missed.`,
  pausedWhere: t`Settings`,
  crashed: t`This screen could not be shown`,
  notFound: t`There is no such page`,
  notFoundLead: t`The address may be mistyped, or the post was deleted.`,
  toHome: t`Go to Home`,
  loading: t`Loading`,
  waiting: (count: number) => t`${{ count }} waiting`,
  apiDocs: t`API documentation`,
  titles: {
    setup: t`Set up`,
    signIn: t`Sign in`,
    invitation: t`Invitation`,
    post: t`Post`,
    edit: t`Edit post`,
    doctor: t`Connection doctor`,
    week: t`Calendar by week`,
    list: t`Calendar as a list`,
  },
}));

export const quarantineText = texts(() => ({
  lead: t`Nothing is sent, because Galley may not know what went out.`,
  left: (count: number) => t`What may have gone out is looked up on the platforms: ${{ count }} left.`,
  others: t`An admin of this Galley ends that once it is known.`,
  mayRunTwice: t`Switch the other Galley off, if there is one, before you let posts go out here.`,
  done: t`Everything that is due was looked up. You may let posts go out again.`,
  asking: (count: number) =>
    plural(
      { count },
      {
        one: "# post needs your answer under Needs you.",
        other: "# posts need your answer under Needs you.",
      },
    ),
  release: t`Let posts go out`,
  releaseLead: t`Galley can't know this by itself.`,
  released: t`Posts go out again`,
  forgotten: (since: string) =>
    t`What people did after ${{ since }} is forgotten here: a post that was called off, or an approval taken back, stands again. Look through the calendar before posts go out.`,
  keep: t`Keep waiting`,
  otherIsOff: t`The other Galley is switched off`,
  otherIsOffHelp: t`This may be a copy. If both run, both send the same posts.`,
  nothingSentEarly: t`Nobody sent a planned post early`,
  nothingSentEarlyHelp: (count: number) =>
    plural(
      { count },
      {
        one: "Then # planned post goes out at its time. Otherwise Galley looks for it on its platform first, which takes some minutes, and may ask you.",
        other:
          "Then # planned posts go out at their time. Otherwise Galley looks for each on its platform first, which takes some minutes, and may ask you.",
      },
    ),
}));

export const paletteText = texts(() => ({
  label: t`Command palette`,
  placeholder: t`Type a command or search posts…`,
  empty: t`Nothing found.`,
  goTo: t`Go to`,
  actions: t`Actions`,
  posts: t`Posts`,
  themeTo: (theme: string) => t`Theme: ${{ theme }}`,
}));

export const shortcutsText = texts(() => ({
  title: t`Keyboard shortcuts`,
  letters: t`Shortcuts of one letter`,
  lettersHelp: t`Off, only combinations with Ctrl work. Kept on this device.`,
  goTo: t`Go to`,
  groups: [
    {
      title: t`Everywhere`,
      keys: [
        { keys: [t`Ctrl`, "K"], does: t`Command palette` },
        { keys: ["c"], does: t`New post` },
        { keys: ["?"], does: t`This help` },
      ],
    },
    {
      title: t`Needs you`,
      keys: [
        { keys: ["j"], does: t`Next` },
        { keys: ["k"], does: t`Previous` },
        { keys: ["o"], does: t`Open` },
      ],
    },
    {
      title: t`Approvals`,
      keys: [
        { keys: ["j"], does: t`Next post` },
        { keys: ["k"], does: t`Previous post` },
        { keys: ["a"], does: t`Approve, after a question` },
        { keys: [t`Ctrl`, "Z"], does: t`Take back the approval just given` },
        { keys: ["r"], does: t`Request changes` },
        { keys: ["e"], does: t`Edit` },
      ],
    },
    {
      title: t`Calendar`,
      keys: [
        { keys: ["t"], does: t`Today` },
        { keys: ["←"], does: t`Back` },
        { keys: ["→"], does: t`Forward` },
        { keys: ["m"], does: t`Month` },
        { keys: ["w"], does: t`Week` },
        { keys: ["l"], does: t`List` },
        { keys: [t`Shift`, "→"], does: t`Move the chosen post by a day` },
        { keys: [t`Shift`, "↓"], does: t`Move it by a week` },
      ],
    },
  ],
}));
