import { plural, t, texts } from "../lib/texts.ts";

export const usageText = texts(() => ({
  title: t`Usage`,
  lead: t`Every call of a model, with tokens, money and time. An unknown price is called unknown, never zero.`,
  range: t({ message: "Time", context: "period" }),
  ranges: { "7": t`7 days`, "30": t`30 days`, "90": t`90 days` },
  calls: t`Calls`,
  cost: t`Cost`,
  input: t`Input tokens`,
  output: t`Output tokens`,
  time: t({ message: "Time", context: "duration" }),
  model: t`Model`,
  operation: t`For`,
  emptyTitle: t`No model has been called`,
  empty: t`Without a key Galley drafts with its built-in reader, which costs nothing.`,
  loading: t`Loading usage`,
  unknown: t`unknown`,
  unpriced: (count: number) =>
    plural({ count }, { one: "and # call of unknown price", other: "and # calls of unknown price" }),
  failed: (count: number) => t`${{ count }} failed`,
}));
