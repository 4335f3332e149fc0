import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation, useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { call } from "../api/client.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { Body } from "../api/types.ts";
import { formFields, formTexts } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { AccountFrame } from "./account-frame.tsx";
import { accountText } from "./messages.ts";
import { PasswordInput } from "./password-input.tsx";
import { setupQuery } from "./queries.ts";
import { browserTimeZone, TimeZoneSelect } from "./time-zone-select.tsx";

const pointers = ["/setupToken", "/name", "/email", "/password", "/workspaceName", "/timeZone"];

export function SetupScreen() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [timeZone, setTimeZone] = useState(browserTimeZone);
  const state = useQuery(setupQuery);
  // The link that the terminal prints carries it behind the #, which no server and no log gets to see.
  const linked = new URLSearchParams(useLocation({ select: ({ hash }) => hash })).get("token");
  const create = useMutation({
    mutationFn: ({ token, ...body }: Body<"setUp"> & { token: string | null }) =>
      call("setUp", { body, ...(token === null ? {} : { headers: { "galley-setup-token": token } }) }),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: "/" });
    },
  });

  const isWrongToken = fieldError(create.error, "/setupToken") !== null;
  const asksToken = state.data?.tokenNeeded === true && (linked === null || isWrongToken);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const token = formTexts(form)["setupToken"]?.trim() ?? linked;
    create.mutate({ ...formFields(form, ["name", "email", "password", "workspaceName"]), timeZone, token });
  }

  return (
    <AccountFrame title={accountText.setupTitle} lead={accountText.setupLead}>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {isGeneral(create.error, pointers) ? <Notice tone="bad">{messageOf(create.error)}</Notice> : null}
        {asksToken ? (
          <Field
            label={accountText.setupToken}
            help={accountText.setupTokenHelp}
            error={fieldError(create.error, "/setupToken")}
          >
            {(field) => <Input {...field} name="setupToken" autoComplete="off" required />}
          </Field>
        ) : null}
        <Field label={accountText.name} error={fieldError(create.error, "/name")}>
          {(field) => <Input {...field} name="name" autoComplete="name" autoFocus required />}
        </Field>
        <Field label={accountText.email} error={fieldError(create.error, "/email")}>
          {(field) => <Input {...field} name="email" type="email" autoComplete="username" required />}
        </Field>
        <Field
          label={accountText.password}
          help={accountText.passwordHelp}
          error={fieldError(create.error, "/password")}
        >
          {(field) => <PasswordInput {...field} name="password" autoComplete="new-password" required />}
        </Field>
        <Field
          label={accountText.workspaceName}
          help={accountText.workspaceHelp}
          error={fieldError(create.error, "/workspaceName")}
        >
          {(field) => (
            <Input {...field} name="workspaceName" placeholder={accountText.workspacePlaceholder} required />
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
