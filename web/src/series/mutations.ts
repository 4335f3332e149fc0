import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { toast } from "sonner";
import { useRefresh } from "../api/changes.ts";
import { call } from "../api/client.ts";
import { messageOf } from "../api/problem.ts";
import { texts } from "../lib/texts.ts";
import { seriesText } from "./messages.ts";

type SeriesStep = "pause" | "resume" | "end" | "remove";

const operations = { pause: "pauseSeries", resume: "resumeSeries", end: "endSeries" } as const;

const done = texts((): Record<SeriesStep, string> => ({
  pause: seriesText.paused,
  resume: seriesText.resumed,
  end: seriesText.ended,
  remove: seriesText.removed,
}));

export function useSeriesStep(id: string) {
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async (step: SeriesStep) => {
      if (step === "remove") await call("removeSeries", { params: { id } });
      else await call(operations[step], { params: { id } });
    },
    onSuccess: async (_answer, step) => {
      toast.success(done[step]);
      if (step === "remove") await navigate({ to: "/series" });
    },
    onError: (error) => toast.error(messageOf(error)),
    onSettled: useRefresh("series"),
  });
}

/** Approves what was on the screen, by its hash: a change in between is refused. */
export function useApproveSeries(id: string) {
  return useMutation({
    mutationFn: (boundHash: string) =>
      call("approveSeries", { params: { id }, body: { boundHash, note: "" } }),
    onSuccess: () => toast.success(seriesText.approved),
    onSettled: useRefresh("series"),
  });
}
