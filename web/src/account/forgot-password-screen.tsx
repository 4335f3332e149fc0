import { useMutation } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { call } from "../api/client.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import { formTexts } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { AccountFrame } from "./account-frame.tsx";
import { accountText } from "./messages.ts";
import { OtherWay } from "./other-way.tsx";

/** Asks for a link by mail, and says the same whether or not the address has an account. */
export function ForgotPasswordScreen() {
  const request = useMutation({
    mutationFn: (email: string) => call("requestPasswordReset", { body: { email } }),
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    request.mutate(formTexts(event.currentTarget)["email"] ?? "");
  }

  return (
    <AccountFrame title={accountText.forgotTitle} lead={accountText.forgotLead}>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {isGeneral(request.error, ["/email"]) ? <Notice tone="bad">{messageOf(request.error)}</Notice> : null}
        {request.isSuccess ? <Notice tone="good">{accountText.resetSent}</Notice> : null}
        <Field label={accountText.email} error={fieldError(request.error, "/email")}>
          {(field) => (
            <Input {...field} name="email" type="email" autoComplete="username" autoFocus required />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={request.isPending}>
          {accountText.sendLink}
        </Button>
        <OtherWay to="/sign-in">{accountText.toSignIn}</OtherWay>
      </form>
    </AccountFrame>
  );
}
