export const calendarText = {
  lead: (zone: string) => `Wall times in ${zone}.`,
  view: "View",
  month: "Month",
  week: "Week",
  today: "Today",
  back: "Earlier",
  forward: "Later",
  empty: "Nothing is scheduled in this time.",
  more: (count: number) => `${count} more`,
  posts: (count: number) => (count === 1 ? "1 post" : `${count} posts`),
} as const;
