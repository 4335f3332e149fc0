import type { FormEvent } from "react";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { Connector, FormField } from "../api/types.ts";
import { formTexts } from "../lib/form.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { Field, Input, Select, Textarea } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { channelsText } from "./messages.ts";
import { useAuthorize, useConnectForm } from "./mutations.ts";

type ConnectFormProps = {
  connector: Connector;
  fields: FormField[];
  returnTo: string;
  channelId?: string;
  onClose: () => void;
};

/**
 * The form of a platform that has no consent page, or of one that asks something before it: the fields are
 * the connector's own.
 */
export function ConnectForm({ connector, fields, returnTo, channelId, onClose }: ConnectFormProps) {
  const isBefore = connector.connect.kind === "oauth";
  const withForm = useConnectForm(onClose);
  const authorize = useAuthorize(returnTo);
  const connect = isBefore ? authorize : withForm;
  const pointers = fields.map((field) => `/form/${field.key}`);

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = formTexts(event.currentTarget);
    const wanted = { connector: connector.id, form, ...(isBefore && channelId ? { channelId } : {}) };
    if (isBefore) authorize.mutate(wanted);
    else withForm.mutate(wanted);
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={channelsText.formTitle(connector.name)}
      description={connector.summary}
    >
      <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col" noValidate>
        <DialogBody className="grid gap-4">
          {isGeneral(connect.error, pointers) ? <Notice tone="bad">{messageOf(connect.error)}</Notice> : null}
          {fields.some((field) => field.fixed) ? <Notice>{channelsText.takenOver}</Notice> : null}
          {fields.map((field) => (
            <Field
              key={field.key}
              label={field.label}
              help={field.help || undefined}
              error={fieldError(connect.error, `/form/${field.key}`)}
              {...(field.required ? {} : { optional: channelsText.optional })}
            >
              {(wiring) => <Control field={field} wiring={wiring} />}
            </Field>
          ))}
        </DialogBody>
        <DialogFooter>
          <p className="me-auto text-xs text-faint">
            {isBefore ? channelsText.consentNext : channelsText.testing}
          </p>
          <Button type="submit" variant="primary" busy={connect.isPending}>
            {channelsText.connect}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

type Wiring = { id: string; "aria-invalid"?: true; "aria-describedby"?: string };

function Control({ field, wiring }: { field: FormField; wiring: Wiring }) {
  const readOnly = field.fixed ? { readOnly: true } : {};
  const shared = { ...wiring, name: field.key, required: field.required };
  if (field.kind === "choice") {
    return (
      <Select {...shared} defaultValue={field.initial || field.choices[0]}>
        {field.choices.map((choice) => (
          <option key={choice}>{choice}</option>
        ))}
      </Select>
    );
  }
  if (field.kind === "lines")
    return (
      <Textarea
        {...shared}
        {...readOnly}
        placeholder={field.placeholder}
        defaultValue={field.initial}
        rows={3}
      />
    );
  const type = field.kind === "number" ? "text" : field.kind;
  return (
    <Input
      {...shared}
      {...readOnly}
      type={type}
      placeholder={field.placeholder}
      defaultValue={field.initial}
      autoComplete={field.kind === "password" ? "new-password" : "off"}
      {...(field.kind === "number" ? { inputMode: "numeric" as const } : {})}
    />
  );
}
