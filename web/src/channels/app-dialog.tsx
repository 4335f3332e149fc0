import { ExternalLinkIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useDeferredValue, useState } from "react";
import { fieldError, isGeneral, messageOf } from "../api/problem.ts";
import type { AppFinding, Platform } from "../api/types.ts";
import { Button } from "../ui/button.tsx";
import { Dialog, DialogBody, DialogFooter } from "../ui/dialog.tsx";
import { Field, Input, Select } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import { CopyLine } from "./copy-line.tsx";
import { channelsText } from "./messages.ts";
import { useRemoveApp, useSaveApp } from "./mutations.ts";
import { appCheckQuery } from "./queries.ts";

type PlatformApp = NonNullable<Platform["app"]>;
type AppField = PlatformApp["fields"][number];
type AppDialogProps = { platform: Platform; app: PlatformApp; onClose: () => void };

/** Client id and secret of the workspace's own app. What is pasted is looked at while one types. */
export function AppDialog({ platform, app, onClose }: AppDialogProps) {
  const own = app.source === "workspace";
  const [values, setValues] = useState<Record<string, string>>(() => (own ? openValues(app) : {}));
  const [ends, setEnds] = useState(own ? (app.secretEndsAt?.slice(0, 10) ?? "") : "");
  const entered = useDeferredValue(values);
  const check = useQuery(appCheckQuery(platform.id, entered));
  const findings = check.data?.findings ?? [];
  const fields = app.fields.map((field) => ({
    field,
    finding: findings.find((one) => one.field === field.key),
  }));
  const pointers = app.fields.map(({ key }) => `/values/${key}`);

  const save = useSaveApp(platform);
  const remove = useRemoveApp(platform);

  /** What is offered for one field; swapped ones change places together. */
  function take(finding: AppFinding): void {
    const together = findings.filter(
      (one) => one === finding || (finding.code === "app.swapped" && one.code === finding.code),
    );
    const offered = together.flatMap(({ field, cleaned }) => (cleaned === null ? [] : [[field, cleaned]]));
    setValues((now) => ({ ...now, ...Object.fromEntries(offered) }));
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    const secretEndsAt = ends === "" ? null : `${ends}T00:00:00Z`;
    save.mutate({ values, secretEndsAt, despite: findings.length > 0 }, { onSuccess: onClose });
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={channelsText.appTitle(platform.name)}
      description={channelsText.appLead}
    >
      <form onSubmit={submit} className="flex min-h-0 flex-1 flex-col" noValidate>
        <DialogBody className="grid gap-4">
          {isGeneral(save.error, pointers) ? <Notice tone="bad">{messageOf(save.error)}</Notice> : null}
          {app.source === "installation" ? <Notice>{channelsText.appInstalled}</Notice> : null}
          <a
            href={app.consoleUrl}
            target="_blank"
            rel="noreferrer"
            className="inline-flex items-center gap-1.5 text-sm text-accent-ink underline underline-offset-3"
          >
            {channelsText.appConsole}
            <ExternalLinkIcon aria-hidden="true" />
          </a>
          {platform.redirectUri ? (
            <CopyLine label={channelsText.redirectUri} value={platform.redirectUri} />
          ) : null}
          {fields.map(({ field, finding }) => (
            <AppInput
              key={field.key}
              field={field}
              own={own}
              value={values[field.key] ?? ""}
              finding={finding}
              error={fieldError(save.error, `/values/${field.key}`)}
              onChange={(value) => setValues((now) => ({ ...now, [field.key]: value }))}
              onTake={() => finding && take(finding)}
            />
          ))}
          <Field
            label={channelsText.secretEnds}
            optional={channelsText.optional}
            help={channelsText.secretEndsHelp}
          >
            {(wiring) => (
              <Input {...wiring} type="date" value={ends} onChange={(event) => setEnds(event.target.value)} />
            )}
          </Field>
        </DialogBody>
        <DialogFooter>
          {own ? (
            <Button
              variant="danger"
              className="me-auto"
              busy={remove.isPending}
              onClick={() => remove.mutate(undefined, { onSuccess: onClose })}
            >
              {channelsText.appRemove}
            </Button>
          ) : null}
          <Button type="submit" variant="primary" busy={save.isPending}>
            {findings.length > 0 ? channelsText.appSaveDespite : channelsText.appSave}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  );
}

/** What may be seen of the stored app; secrets are never part of it. */
function openValues(app: PlatformApp): Record<string, string> {
  return Object.fromEntries(
    app.fields.flatMap(({ key, kind, hint }) => (kind === "password" || hint === null ? [] : [[key, hint]])),
  );
}

type AppInputProps = {
  field: AppField;
  own: boolean;
  value: string;
  finding: AppFinding | undefined;
  error: string | null;
  onChange: (value: string) => void;
  onTake: () => void;
};

function AppInput({ field, own, value, finding, error, onChange, onTake }: AppInputProps) {
  const isKept = own && field.kind === "password" && field.isSet;
  const stored = isKept ? channelsText.secretSet(field.hint) : "";
  return (
    <div className="grid gap-1.5">
      <Field
        label={field.label}
        help={[field.help, stored].filter(Boolean).join(" ")}
        live={finding !== undefined && finding !== null}
        error={finding?.message ?? error}
        {...(field.required ? {} : { optional: channelsText.optional })}
      >
        {(wiring) =>
          field.kind === "choice" ? (
            <Select {...wiring} value={value} onChange={(event) => onChange(event.target.value)}>
              <option value="">{channelsText.asConfigured}</option>
              {field.choices.map((choice) => (
                <option key={choice}>{choice}</option>
              ))}
            </Select>
          ) : (
            <Input
              {...wiring}
              type={field.kind === "password" ? "password" : "text"}
              value={value}
              placeholder={isKept ? "••••••••" : field.placeholder}
              autoComplete={field.kind === "password" ? "new-password" : "off"}
              spellCheck={false}
              onChange={(event) => onChange(event.target.value)}
            />
          )
        }
      </Field>
      {finding && finding.cleaned !== null ? (
        <Button size="sm" className="justify-self-start" onClick={onTake}>
          {finding.code === "app.swapped" ? channelsText.takeSwapped : channelsText.takeCleaned}
        </Button>
      ) : null}
    </div>
  );
}
