import { PlusIcon } from "@radix-ui/react-icons";
import type { CheckProblem, OptionField, Variant, VariantCheck, VariantContent } from "../api/types.ts";
import { formatMoney } from "../lib/format.ts";
import { isLostConnection, ReconnectChannels } from "../post/delivery/lost-channels.tsx";
import { Button } from "../ui/button.tsx";
import { Field, Input, Textarea } from "../ui/field.tsx";
import { Notice } from "../ui/notice.tsx";
import type { Target } from "./channel-variants.ts";
import { MediaField } from "./media/media-field.tsx";
import { takesMedia } from "./media/media-limits.ts";
import type { ChannelUploads } from "./media/use-uploads.ts";
import { composerText } from "./messages.ts";
import { OptionControl } from "./option-control.tsx";
import { PartEditor } from "./part-editor.tsx";
import { SuspiciousNotice } from "./suspicious-notice.tsx";

type VariantEditorProps = {
  variant: Variant;
  target: Target;
  check: VariantCheck | undefined;
  disabled: boolean;
  /** Files on their way to this channel. */
  underWay: ChannelUploads;
  onChange: (variant: Variant) => void;
};

/** Everything that is said on one channel. */
export function VariantEditor({ variant, target, check, disabled, underWay, onChange }: VariantEditorProps) {
  const { content } = variant;
  const { limits } = target;
  const { options } = target.connector;
  const problems = check?.problems ?? [];
  const label = composerText.variantFor(target.channel.handle);

  function set(change: Partial<VariantContent>): void {
    onChange({ ...variant, content: { ...content, ...change } });
  }

  function controlOf(option: OptionField) {
    return (
      <OptionControl
        key={option.key}
        option={option}
        value={content.options[option.key] ?? ""}
        problem={messageAt(problems, `/options/${option.key}`)}
        disabled={disabled}
        onChange={(value) => set({ options: { ...content.options, [option.key]: value } })}
      />
    );
  }

  return (
    <div className="grid gap-5">
      {options.filter(comesFirst).map(controlOf)}
      <div className="grid gap-2.5">
        <Parts
          label={label}
          parts={content.parts}
          most={limits.maxParts}
          check={check}
          disabled={disabled}
          onChange={(parts) => set({ parts })}
        />
        <SuspiciousNotice
          content={content}
          found={check?.suspicious ?? []}
          onClean={(parts) => set({ parts })}
        />
      </div>
      <Field
        label={composerText.link}
        help={composerText.linkHelp}
        optional={composerText.optional}
        live
        error={messageAt(problems, "/link")}
      >
        {(field) => (
          <Input
            {...field}
            data-at="/link"
            type="url"
            inputMode="url"
            value={content.link ?? ""}
            disabled={disabled}
            placeholder="https://"
            onChange={(event) => set({ link: event.target.value || null })}
          />
        )}
      </Field>
      {takesMedia(limits) ? (
        <MediaField
          media={content.media}
          limits={limits}
          problems={problems}
          disabled={disabled}
          underWay={underWay}
          onChange={(media) => set({ media })}
        />
      ) : null}
      {limits.firstComment ? (
        <Field
          label={composerText.firstComment}
          help={composerText.firstCommentHelp}
          optional={composerText.optional}
          live
          error={messageAt(problems, "/firstComment")}
        >
          {(field) => (
            <Textarea
              {...field}
              data-at="/firstComment"
              rows={2}
              className="min-h-16"
              value={content.firstComment ?? ""}
              disabled={disabled}
              onChange={(event) => set({ firstComment: event.target.value || null })}
            />
          )}
        </Field>
      ) : null}
      {options.filter((option) => !comesFirst(option)).map(controlOf)}
      <Elsewhere problems={problems} channelId={variant.channelId} />
      {check?.price ? <Notice>{composerText.price(formatMoney(check.price))}</Notice> : null}
    </div>
  );
}

type PartsProps = {
  label: string;
  parts: string[];
  most: number;
  check: VariantCheck | undefined;
  disabled: boolean;
  onChange: (parts: string[]) => void;
};

/** The parts of a thread, each with its own counter; where there is only one, the text. */
function Parts({ label, parts, most, check, disabled, onChange }: PartsProps) {
  const problems = check?.problems ?? [];

  function moveUp(index: number): void {
    const next = [...parts];
    const [moved = ""] = next.splice(index, 1);
    next.splice(index - 1, 0, moved);
    onChange(next);
  }

  return (
    <div className="grid gap-2.5">
      {parts.map((part, index) => (
        <PartEditor
          // Parts have no identity but their place.
          key={index}
          label={label}
          text={part}
          number={index + 1}
          count={parts.length}
          check={check?.parts[index]}
          problems={problems.filter((problem) => isAt(problem, `/parts/${index}`))}
          disabled={disabled}
          onChange={(text) => onChange(parts.with(index, text))}
          onRemove={() => onChange(parts.toSpliced(index, 1))}
          onMoveUp={() => moveUp(index)}
        />
      ))}
      {parts.length < most ? (
        <Button
          variant="ghost"
          size="sm"
          className="justify-self-start"
          disabled={disabled}
          onClick={() => onChange([...parts, ""])}
        >
          <PlusIcon aria-hidden="true" />
          {composerText.addPart}
        </Button>
      ) : null}
    </div>
  );
}

/** What is written, as a subject, stands above the text; what may be chosen, as who can reply, below it. */
function comesFirst({ kind, required }: OptionField): boolean {
  return required || kind !== "choice";
}

const shownInPlace = /\/(?:parts\/\d+|options\/[^/]+|link|firstComment|media\/\d+)/u;

/** Problems that belong to no single field. */
function Elsewhere({ problems, channelId }: { problems: CheckProblem[]; channelId: string }) {
  const rest = problems.filter((problem) => !shownInPlace.test(problem.path));
  return (["error", "warning"] as const).map((severity) => {
    const some = rest.filter((problem) => problem.severity === severity);
    if (some.length === 0) return null;
    return (
      <Notice
        key={severity}
        tone={severity === "error" ? "bad" : "warn"}
        action={some.some(isLostConnection) ? <ReconnectChannels ids={[channelId]} /> : null}
      >
        <ul>
          {some.map((problem) => (
            <li key={problem.code + problem.path}>{problem.message}</li>
          ))}
        </ul>
      </Notice>
    );
  });
}

function isAt(problem: CheckProblem, pointer: string): boolean {
  return problem.path === pointer || problem.path.endsWith(pointer) || problem.path.includes(`${pointer}/`);
}

function messageAt(problems: CheckProblem[], pointer: string): string | null {
  return problems.find((problem) => isAt(problem, pointer))?.message ?? null;
}
