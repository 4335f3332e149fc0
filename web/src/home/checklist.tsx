import { ArrowRightIcon, CheckIcon, Cross2Icon } from "@radix-ui/react-icons";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCan } from "../account/use-me.ts";
import type { Channel, Overview } from "../api/types.ts";
import { useAuthorize } from "../channels/mutations.ts";
import { cn } from "../lib/cn.ts";
import { NewPostButton } from "../shell/new-post.tsx";
import { Button } from "../ui/button.tsx";
import { Card } from "../ui/layout.tsx";
import { endGuide } from "./guide.ts";
import { homeText } from "./messages.ts";

const order = ["connect", "draft", "approve", "publish", "live"] as const;
type Step = (typeof order)[number];

const approved = [
  "approved",
  "scheduled",
  "publishing",
  "waiting_for_channel",
  "published",
  "partly",
] as const;

/** How far a newcomer has come. Seeing the post live is the last step; taking it ends the guide. */
function stepsDone(channels: Channel[], { states, newest }: Overview): Record<Step, boolean> {
  return {
    connect: channels.some((channel) => channel.status === "connected"),
    draft: newest !== null,
    approve: approved.some((state) => states.includes(state)),
    publish: states.includes("published") || states.includes("scheduled"),
    live: false,
  };
}

/** Guides through the first post; gone once it was seen live. */
export function Checklist({ channels, overview }: { channels: Channel[]; overview: Overview }) {
  const done = stepsDone(channels, overview);
  const count = order.filter((step) => done[step]).length;
  const current = order.find((step) => !done[step]);
  return (
    <Card className="mb-8 overflow-hidden">
      <div className="flex items-start justify-between gap-4 px-6 pt-5 pb-4">
        <div>
          <h2 className="text-lg font-semibold">{homeText.startTitle}</h2>
          <p className="text-sm text-dim">{homeText.startLead}</p>
        </div>
        <p className="flex shrink-0 items-center gap-2">
          <span className="tabular text-xs text-faint">{homeText.progress(count, order.length)}</span>
          <Button variant="ghost" size="iconSm" aria-label={homeText.endGuide} onClick={endGuide}>
            <Cross2Icon />
          </Button>
        </p>
      </div>
      <ol className="border-t border-line">
        {order.map((step, index) => (
          <li
            key={step}
            aria-current={step === current ? "step" : undefined}
            className={cn(
              "flex items-center gap-4 px-6 py-3 not-last:border-b not-last:border-line",
              step === current && "bg-fill/70",
            )}
          >
            <Mark done={done[step]} current={step === current} number={index + 1} />
            <div className="min-w-0 flex-1">
              <p
                className={cn("font-medium", done[step] && "text-faint line-through decoration-line-strong")}
              >
                {homeText.steps[step].title}
              </p>
              {step === current ? <p className="text-sm text-dim">{homeText.steps[step].lead}</p> : null}
            </div>
            {step === current ? <StepAction step={step} overview={overview} channels={channels} /> : null}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Mark({ done, current, number }: { done: boolean; current: boolean; number: number }) {
  return (
    <span
      className={cn(
        "tabular flex size-6 shrink-0 items-center justify-center rounded-full border text-xs font-medium",
        done && "border-transparent bg-good-soft text-good-ink",
        current && "border-accent text-accent-ink",
        !done && !current && "border-line-strong text-faint",
      )}
    >
      {done ? <CheckIcon aria-label={homeText.done} /> : number}
    </span>
  );
}

function StepAction({ step, overview, channels }: { step: Step; overview: Overview; channels: Channel[] }) {
  const authorize = useAuthorize("/");
  const mayConnect = useCan("channels.manage");
  const { action } = homeText.steps[step];
  if (step === "connect") {
    return mayConnect ? (
      <Button
        variant="primary"
        busy={authorize.isPending}
        onClick={() => authorize.mutate({ connector: "sandbox" })}
      >
        {action}
      </Button>
    ) : null;
  }
  if (step === "draft") return <NewPostButton>{action}</NewPostButton>;
  return (
    <Button variant="primary" asChild>
      <StepLink step={step} overview={overview} channels={channels}>
        {action}
        <ArrowRightIcon aria-hidden="true" className="rtl:-scale-x-100" />
      </StepLink>
    </Button>
  );
}

type StepLinkProps = {
  step: Step;
  overview: Overview;
  channels: Channel[];
  children: ReactNode;
  className?: string;
};

function StepLink({ step, overview, channels, children, ...rest }: StepLinkProps) {
  const [reviewing] = overview.waiting.items;
  const ready = overview.approved ?? overview.upcoming.items[0] ?? overview.recent[0] ?? overview.newest;
  if (step === "approve" && reviewing) {
    return (
      <Link to="/inbox" search={{ post: reviewing.id }} {...rest}>
        {children}
      </Link>
    );
  }
  const timeline = channels.find((channel) => channel.connector === "sandbox")?.profileUrl;
  if (step === "live" && timeline) {
    return (
      <a href={timeline} target="_blank" rel="noreferrer" onClick={endGuide} {...rest}>
        {children}
      </a>
    );
  }
  const draft = step === "approve";
  return (
    <Link
      to={draft ? "/posts/$postId/edit" : "/posts/$postId"}
      params={{ postId: ready?.id ?? "" }}
      {...rest}
    >
      {children}
    </Link>
  );
}
