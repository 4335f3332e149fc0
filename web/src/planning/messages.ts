export const planningText = {
  nav: "Planning",
  calendar: "Calendar",
  queue: "Queue",
  series: "Series",
  import: "Import",
} as const;
