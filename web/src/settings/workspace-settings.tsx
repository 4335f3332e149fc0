import { type FormEvent, useState } from "react";
import { TimeZoneSelect } from "../account/time-zone-select.tsx";
import { useCan, useMe } from "../account/use-me.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { Workspace } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input, Select } from "../ui/field.tsx";
import { Card, CardHeader } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { SwitchField } from "../ui/switch-field.tsx";
import { settingsText } from "./messages.ts";
import { useSaveWorkspace } from "./mutations.ts";
import { PauseSettings } from "./pause-settings.tsx";

const graceChoices = [900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200];

function graceLabel(seconds: number): string {
  return seconds < 3_600
    ? settingsText.graceMinutes(Math.round(seconds / 60))
    : settingsText.graceHours(Math.round(seconds / 3_600));
}

export function WorkspaceSettings() {
  return (
    <>
      <PauseSettings />
      <GeneralSettings />
    </>
  );
}

function GeneralSettings() {
  const { workspace } = useMe();
  const allowed = useCan("workspace.manage");
  const [draft, setDraft] = useState<Workspace>(workspace);
  const save = useSaveWorkspace();

  function submit(event: FormEvent): void {
    event.preventDefault();
    save.mutate(draft);
  }

  const choices = graceChoices.includes(draft.graceSeconds)
    ? graceChoices
    : [draft.graceSeconds, ...graceChoices];
  return (
    <Card>
      <CardHeader title={settingsText.workspaceTitle} />
      <form onSubmit={submit} noValidate>
        <fieldset disabled={!allowed} className="grid gap-5 p-5">
          {allowed ? null : <Notice>{settingsText.readOnly}</Notice>}
          {isGeneral(save.error, ["/name", "/timeZone"]) ? (
            <Notice tone="bad">{messageOf(save.error)}</Notice>
          ) : null}
          <Field label={settingsText.name} error={fieldError(save.error, "/name")}>
            {(field) => (
              <Input
                {...field}
                value={draft.name}
                onChange={(event) => setDraft({ ...draft, name: event.target.value })}
              />
            )}
          </Field>
          <Field
            label={settingsText.timeZone}
            help={settingsText.timeZoneHelp}
            error={fieldError(save.error, "/timeZone")}
          >
            {(field) => (
              <TimeZoneSelect
                {...field}
                value={draft.timeZone}
                onChange={(zone) => setDraft({ ...draft, timeZone: zone })}
              />
            )}
          </Field>
          <Field label={settingsText.grace} help={settingsText.graceHelp}>
            {(field) => (
              <Select
                {...field}
                value={draft.graceSeconds}
                onChange={(event) => setDraft({ ...draft, graceSeconds: Number(event.target.value) })}
              >
                {choices.map((seconds) => (
                  <option key={seconds} value={seconds}>
                    {graceLabel(seconds)}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <SwitchField
            label={settingsText.separate}
            help={settingsText.separateHelp}
            checked={draft.separateApprover}
            onCheckedChange={(separateApprover) => setDraft({ ...draft, separateApprover })}
          />
        </fieldset>
        {allowed ? (
          <div className="flex justify-end border-t border-line px-5 py-3">
            <Button type="submit" variant="primary" busy={save.isPending}>
              {settingsText.save}
            </Button>
          </div>
        ) : null}
      </form>
    </Card>
  );
}
