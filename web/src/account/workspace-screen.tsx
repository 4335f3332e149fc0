import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { call, chooseWorkspace } from "../api/client.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import { formTexts } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { AccountFrame } from "./account-frame.tsx";
import { accountText } from "./messages.ts";
import { browserTimeZone, TimeZoneSelect } from "./time-zone-select.tsx";

/** One more workspace; also where a person stands who belongs to none. */
export function WorkspaceScreen() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [timeZone, setTimeZone] = useState(browserTimeZone);
  const create = useMutation({
    mutationFn: (name: string) => call("createWorkspace", { body: { name, timeZone } }),
    onSuccess: async (workspace) => {
      chooseWorkspace(workspace.id);
      queryClient.clear();
      await navigate({ to: "/" });
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    create.mutate(formTexts(event.currentTarget)["name"] ?? "");
  }

  return (
    <AccountFrame title={accountText.workspaceTitle} lead={accountText.workspaceLead}>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {isGeneral(create.error, ["/name", "/timeZone"]) ? (
          <Notice tone="bad">{messageOf(create.error)}</Notice>
        ) : null}
        <Field
          label={accountText.workspaceName}
          help={accountText.workspaceHelp}
          error={fieldError(create.error, "/name")}
        >
          {(field) => (
            <Input {...field} name="name" placeholder={accountText.workspacePlaceholder} autoFocus required />
          )}
        </Field>
        <Field
          label={accountText.timeZone}
          help={accountText.timeZoneHelp}
          error={fieldError(create.error, "/timeZone")}
        >
          {(field) => <TimeZoneSelect {...field} value={timeZone} onChange={setTimeZone} />}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={create.isPending}>
          {accountText.create}
        </Button>
      </form>
    </AccountFrame>
  );
}
