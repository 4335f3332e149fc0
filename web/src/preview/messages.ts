export const previewText = {
  label: (platform: string) => `How it looks on ${platform}`,
  now: "now",
  noSubject: "No subject",
  from: "From",
  to: "To",
  readMore: "Read more",
  subscribers: "Your readers",
  nothing: "Nothing written yet.",
} as const;
