import { t, texts } from "../lib/texts.ts";

export const homeText = texts(() => ({
  greeting: (name: string) => t`Welcome, ${{ name }}`,
  lead: t`Drafts in, approvals given, posts out: exactly once.`,
  startTitle: t`Your first post in two minutes`,
  startLead: t`The whole way, on a network inside Galley. Nothing leaves this machine.`,
  endGuide: t`Put the guide away`,
  progress: (done: number, all: number) => t`${{ done }} of ${{ all }} done`,
  steps: {
    connect: {
      title: t`Connect the sandbox`,
      lead: t`A small network that Galley serves itself.`,
      action: t`Connect`,
    },
    draft: {
      title: t`Draft from an article`,
      lead: t`Paste text, give a link or a feed.`,
      action: t`New draft`,
    },
    approve: {
      title: t`Submit and approve`,
      lead: t`What you approve is bound, to the letter. Any edit asks again.`,
      action: t`Review`,
    },
    publish: { title: t`Publish`, lead: t`Now, or at a time in the calendar.`, action: t`Open post` },
    live: {
      title: t`See it live`,
      lead: t`On the sandbox's timeline, exactly once.`,
      action: t`Open timeline`,
    },
  },
  done: t`Done`,
  review: t`Waiting for approval`,
  upcoming: t`Going out next`,
  recent: t`Recently published`,
  nothingWaiting: t`Nothing waits for approval.`,
  nothingScheduled: t`Nothing is scheduled.`,
  nothingPublished: t`Nothing has been published yet.`,
  all: t`See all`,
}));
