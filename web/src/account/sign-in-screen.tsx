import { useMutation, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { call } from "../api/client.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { Body } from "../api/types.ts";
import { formFields } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { AccountFrame } from "./account-frame.tsx";
import { accountText } from "./messages.ts";
import { OtherWay } from "./other-way.tsx";
import { PasswordInput } from "./password-input.tsx";

const route = getRouteApi("/sign-in");

export function SignInScreen() {
  const { returnTo, expired, reset } = route.useSearch();
  const router = useRouter();
  const queryClient = useQueryClient();
  const signIn = useMutation({
    mutationFn: (body: Body<"signIn">) => call("signIn", { body }),
    onSuccess: () => {
      queryClient.clear();
      router.history.push(returnTo ?? "/");
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    signIn.mutate(formFields(event.currentTarget, ["email", "password"]));
  }

  return (
    <AccountFrame title={accountText.signInTitle} lead={accountText.signInLead}>
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {expired && !signIn.error ? <Notice tone="warn">{accountText.expired}</Notice> : null}
        {reset && !signIn.error ? <Notice tone="good">{accountText.resetDone}</Notice> : null}
        {isGeneral(signIn.error, ["/email", "/password"]) ? (
          <Notice tone="bad">{messageOf(signIn.error)}</Notice>
        ) : null}
        <Field label={accountText.email} error={fieldError(signIn.error, "/email")}>
          {(field) => (
            <Input {...field} name="email" type="email" autoComplete="username" autoFocus required />
          )}
        </Field>
        <Field label={accountText.password} error={fieldError(signIn.error, "/password")}>
          {(field) => <PasswordInput {...field} name="password" autoComplete="current-password" required />}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={signIn.isPending}>
          {accountText.signIn}
        </Button>
        <OtherWay to="/forgot-password">{accountText.forgot}</OtherWay>
      </form>
    </AccountFrame>
  );
}
