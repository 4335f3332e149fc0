import { useMutation } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { call } from "../api/client.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import { formTexts } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { AccountFrame } from "./account-frame.tsx";
import { accountText } from "./messages.ts";
import { OtherWay } from "./other-way.tsx";
import { PasswordInput } from "./password-input.tsx";

const route = getRouteApi("/reset-password");

/** The page that a mailed link opens; it leads to sign-in, where the new password is used for the first time. */
export function ResetPasswordScreen() {
  const { token = "" } = route.useSearch();
  const navigate = useNavigate();
  const reset = useMutation({
    mutationFn: (password: string) => call("completePasswordReset", { body: { password, token } }),
    onSuccess: () => navigate({ to: "/sign-in", search: { reset: true } }),
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    reset.mutate(formTexts(event.currentTarget)["password"] ?? "");
  }

  return (
    <AccountFrame title={accountText.resetTitle} lead={accountText.resetLead}>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {isGeneral(reset.error, ["/password"]) ? <Notice tone="bad">{messageOf(reset.error)}</Notice> : null}
        <Field
          label={accountText.newPassword}
          help={accountText.passwordHelp}
          error={fieldError(reset.error, "/password")}
        >
          {(field) => (
            <PasswordInput {...field} name="password" autoComplete="new-password" autoFocus required />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={reset.isPending}>
          {accountText.savePassword}
        </Button>
        <OtherWay to="/forgot-password">{accountText.anotherLink}</OtherWay>
      </form>
    </AccountFrame>
  );
}
