import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { call } from "../api/client.ts";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { Body, InvitationPreview } from "../api/types.ts";
import { formTexts } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { Skeleton } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { AccountFrame } from "./account-frame.tsx";
import { accountText } from "./messages.ts";
import { PasswordInput } from "./password-input.tsx";
import { invitationQuery } from "./queries.ts";

const route = getRouteApi("/invitation");

export function InvitationScreen() {
  const { token = "" } = route.useSearch();
  const invitation = useQuery(invitationQuery(token));
  if (invitation.isPending) {
    return (
      <AccountFrame title={accountText.loading} lead="">
        <Skeleton className="h-40" />
      </AccountFrame>
    );
  }
  if (invitation.isError) {
    return (
      <AccountFrame title={accountText.invitationBroken} lead={messageOf(invitation.error)}>
        <Button asChild variant="primary">
          <Link to="/sign-in">{accountText.toSignIn}</Link>
        </Button>
      </AccountFrame>
    );
  }
  return <AcceptForm token={token} invitation={invitation.data} />;
}

function AcceptForm({ token, invitation }: { token: string; invitation: InvitationPreview }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const accept = useMutation({
    mutationFn: (body: Omit<Body<"acceptInvitation">, "token">) =>
      call("acceptInvitation", { body: { ...body, token } }),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: "/" });
    },
  });

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const { name = "", password = "" } = formTexts(event.currentTarget);
    // Who has an account leaves the name empty, and it stays as it is.
    accept.mutate({ password, ...(name.trim() === "" ? {} : { name }) });
  }

  return (
    <AccountFrame
      title={accountText.invitationTitle(invitation.workspaceName)}
      lead={accountText.invitationLead(invitation.email, invitation.role)}
    >
      <form onSubmit={submit} className="grid gap-4" noValidate>
        {isGeneral(accept.error, ["/name", "/password"]) ? (
          <Notice tone="bad">{messageOf(accept.error)}</Notice>
        ) : null}
        {invitation.makesAccount ? (
          <Field
            label={accountText.name}
            help={accountText.nameHelp}
            error={fieldError(accept.error, "/name")}
          >
            {(field) => <Input {...field} name="name" autoComplete="name" autoFocus />}
          </Field>
        ) : (
          <Notice>{accountText.noAccountYet}</Notice>
        )}
        <Field
          label={accountText.password}
          help={invitation.makesAccount ? accountText.joinPasswordHelp : accountText.existing}
          error={fieldError(accept.error, "/password")}
        >
          {(field) => (
            <PasswordInput
              {...field}
              name="password"
              autoComplete={invitation.makesAccount ? "new-password" : "current-password"}
              required
            />
          )}
        </Field>
        <Button type="submit" variant="primary" size="lg" busy={accept.isPending}>
          {accountText.join}
        </Button>
      </form>
    </AccountFrame>
  );
}
