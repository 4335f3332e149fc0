import { t, texts } from "../lib/texts.ts";

export const planningText = texts(() => ({
  nav: t`Planning`,
  calendar: t`Calendar`,
  queue: t`Queue`,
  series: t`Series`,
  import: t`Import`,
}));
