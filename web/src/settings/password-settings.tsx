import type { FormEvent } from "react";
import { PasswordInput } from "../account/password-input.tsx";
import { useMe } from "../account/use-me.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import { formTexts } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Card, CardHeader } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { accessText } from "./messages.ts";
import { useChangePassword } from "./mutations.ts";

/** Another password, by who knows the present one. */
export function PasswordSettings() {
  const { user } = useMe();
  const change = useChangePassword();

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const { currentPassword = "", password = "" } = formTexts(form);
    change.mutate({ currentPassword, password }, { onSuccess: () => form.reset() });
  }

  return (
    <Card>
      <CardHeader title={accessText.passwordTitle} lead={accessText.passwordLead} />
      <form onSubmit={submit} className="grid gap-4 p-5" noValidate>
        {isGeneral(change.error, ["/currentPassword", "/password"]) ? (
          <Notice tone="bad">{messageOf(change.error)}</Notice>
        ) : null}
        {/* For password managers, which ask whose password it is. */}
        <input type="hidden" name="username" autoComplete="username" value={user.email} />
        <Field label={accessText.currentPassword} error={fieldError(change.error, "/currentPassword")}>
          {(field) => (
            <PasswordInput {...field} name="currentPassword" autoComplete="current-password" required />
          )}
        </Field>
        <Field
          label={accessText.newPassword}
          help={accessText.newPasswordHelp}
          error={fieldError(change.error, "/password")}
        >
          {(field) => <PasswordInput {...field} name="password" autoComplete="new-password" required />}
        </Field>
        <div>
          <Button type="submit" variant="primary" busy={change.isPending}>
            {accessText.changePassword}
          </Button>
        </div>
      </form>
    </Card>
  );
}
