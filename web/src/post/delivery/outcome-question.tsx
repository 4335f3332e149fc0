import { QuestionMarkCircledIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldError } from "../../api/problem.ts";
import type { Delivery } from "../../api/types.ts";
import { connectorsQuery } from "../../channels/queries.ts";
import { formTexts } from "../../lib/form.ts";
import { Button } from "../../ui/button.tsx";
import { Confirm } from "../../ui/confirm.tsx";
import { DecidingButton } from "../../ui/deciding-button.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { postText } from "../messages.ts";
import { useDeliveryAction } from "./use-delivery-action.ts";
import { WhatGalleySaw } from "./what-galley-saw.tsx";

/** The one question that only a person can answer. Until then nothing is sent, so nothing goes out twice. */
export function OutcomeQuestion({ delivery, allowed }: { delivery: Delivery; allowed: boolean }) {
  /** The address that the form begins with; null: it is closed. */
  const [live, setLive] = useState<string | null>(null);
  const connectors = useQuery(connectorsQuery);
  const connector = connectors.data?.find(({ id }) => id === delivery.channel.connector);
  const answer = useDeliveryAction(delivery);
  const asked = delivery.attempts.find(({ state }) => state === "ambiguous");
  const hasRest = asked !== undefined && asked.item + 1 < delivery.items.length;
  /** The form of what a person says is live, while it is asked whether the rest is given up. */
  const [leaving, setLeaving] = useState<HTMLFormElement | null>(null);

  function sayLive(form: HTMLFormElement, rest: "send" | "leave"): void {
    const url = (formTexts(form)["url"] ?? "").trim() || null;
    answer.mutate({ action: "resolve", body: { outcome: "live", url, rest } });
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    sayLive(event.currentTarget, "send");
  }

  return (
    <div className="border-t border-line bg-warn-soft px-4 py-4 text-warn-ink">
      <p className="flex items-center gap-2 font-semibold">
        <QuestionMarkCircledIcon aria-hidden="true" />
        {postText.question}
      </p>
      <p className="mt-1 max-w-prose text-sm">{postText.questionLead}</p>
      {asked?.doubt ? (
        <WhatGalleySaw
          attempt={asked}
          doubt={asked.doubt}
          onPick={allowed && live === null ? setLive : null}
        />
      ) : (
        <p className="mt-1 text-sm break-words">{delivery.error?.message}</p>
      )}
      {live !== null ? (
        <form onSubmit={submit} className="mt-3 grid max-w-prose gap-3" noValidate>
          <Field
            label={postText.liveUrl}
            help={postText.liveUrlHelp}
            error={fieldError(answer.error, "/url")}
          >
            {(field) => (
              <Input
                {...field}
                name="url"
                type="url"
                inputMode="url"
                autoFocus
                defaultValue={live}
                placeholder="https://"
              />
            )}
          </Field>
          <div className="flex flex-wrap gap-2">
            <Button type="submit" variant="primary" busy={answer.isPending}>
              {postText.confirmLive}
            </Button>
            {hasRest ? (
              <Button
                variant="ghost"
                busy={answer.isPending}
                onClick={(event) => setLeaving(event.currentTarget.form)}
              >
                {postText.liveWithoutRest}
              </Button>
            ) : null}
            <Button variant="ghost" onClick={() => setLive(null)}>
              {postText.notYet}
            </Button>
          </div>
        </form>
      ) : (
        <div className="mt-3 flex flex-wrap gap-2">
          <Button variant="primary" disabled={!allowed} onClick={() => setLive("")}>
            {postText.isLive}
          </Button>
          <DecidingButton
            disabled={!allowed}
            busy={answer.isPending}
            warns
            question={{
              title: postText.retryTitle(delivery.postTitle),
              description: postText.absentLead,
              action: postText.absentRetry,
              cancel: postText.lookFirst,
            }}
            seen={delivery.id}
            onDecide={() => answer.mutate({ action: "resolve", body: { outcome: "absent" } })}
          >
            {postText.isAbsent}
          </DecidingButton>
          {connector?.readsBack ? (
            <Button
              variant="ghost"
              disabled={!allowed}
              busy={answer.isPending}
              onClick={() => answer.mutate({ action: "retry" })}
            >
              {postText.lookAgain}
            </Button>
          ) : null}
        </div>
      )}
      <Confirm
        open={leaving !== null}
        onOpenChange={(isOpen) => (isOpen ? undefined : setLeaving(null))}
        title={postText.leaveTitle}
        description={postText.leaveLead}
        action={postText.leave}
        cancel={postText.keepAsking}
        onConfirm={() => {
          if (leaving) sayLive(leaving, "leave");
        }}
      />
    </div>
  );
}
