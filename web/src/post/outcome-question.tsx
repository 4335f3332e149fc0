import { QuestionMarkCircledIcon } from "@radix-ui/react-icons";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toast } from "sonner";
import { api } from "../api/client.ts";
import { fieldError, messageOf } from "../api/problem.ts";
import type { Delivery } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { postText } from "./messages.ts";
import { formTexts } from "../lib/form.ts";

type Answer = { outcome: "live"; url: string | null } | { outcome: "absent" };

/** The one question that only a person can answer. Until then nothing is sent, so nothing goes out twice. */
export function OutcomeQuestion({ delivery, allowed }: { delivery: Delivery; allowed: boolean }) {
  const queryClient = useQueryClient();
  const [live, setLive] = useState(false);
  const answer = useMutation({
    mutationFn: (body: Answer) => api.post(`/deliveries/${delivery.id}/resolve`, body),
    onSuccess: () => toast.success(postText.resolved),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: ["deliveries"] });
      await queryClient.invalidateQueries({ queryKey: ["posts"] });
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    answer.mutate({ outcome: "live", url: formTexts(event.currentTarget)["url"] || null });
  }

  return (
    <div className="border-t border-line bg-warn-soft px-4 py-4 text-warn-ink">
      <p className="flex items-center gap-2 font-semibold">
        <QuestionMarkCircledIcon aria-hidden="true" />
        {postText.question}
      </p>
      <p className="mt-1 max-w-prose text-sm">{postText.questionLead}</p>
      {delivery.error ? <p className="mt-1 text-sm break-words">{delivery.error.message}</p> : null}
      {live ? (
        <form onSubmit={submit} className="mt-3 flex flex-wrap items-end gap-2" noValidate>
          <Field
            label={postText.liveUrl}
            error={answer.error ? (fieldError(answer.error, "/url") ?? messageOf(answer.error)) : null}
            className="min-w-64 flex-1"
          >
            {(field) => (
              <Input {...field} name="url" type="url" inputMode="url" autoFocus placeholder="https://" />
            )}
          </Field>
          <Button type="submit" variant="primary" busy={answer.isPending}>
            {postText.confirmLive}
          </Button>
        </form>
      ) : (
        <div className="mt-3 flex gap-2">
          <Button variant="primary" disabled={!allowed} onClick={() => setLive(true)}>
            {postText.isLive}
          </Button>
          <Button
            disabled={!allowed}
            busy={answer.isPending}
            onClick={() => answer.mutate({ outcome: "absent" })}
          >
            {postText.isAbsent}
          </Button>
        </div>
      )}
    </div>
  );
}
