import { t, texts } from "../lib/texts.ts";

export const previewText = texts(() => ({
  label: (platform: string) => t`How it looks on ${{ platform }}`,
  now: t`now`,
  noSubject: t`No subject`,
  noTitle: t`No title`,
  from: t`From`,
  to: t`To`,
  readMore: t`Read more`,
  subscribers: t`Your readers`,
  nothing: t`Nothing written yet.`,
  folded: t`Readers tap “…more” from here on`,
  firstComment: t`First comment`,
  author: t`Author`,
  anyone: t`Anyone`,
  needsMedia: t`Instagram needs an image or a video.`,
  linkIsText: t`Readers cannot tap a link in a caption.`,
  fromSite: (host: string) => t`From ${{ host }}`,
  paidPartnership: t`Paid partnership`,
  madeWithAi: t`Made with AI`,
  canReply: (who: string) => t`${{ who }} can reply`,
}));
