import {
  CheckCircledIcon,
  CrossCircledIcon,
  ExclamationTriangleIcon,
  InfoCircledIcon,
} from "@radix-ui/react-icons";
import type { ReactNode } from "react";
import { cn } from "../lib/cn.ts";

type NoticeTone = "info" | "good" | "warn" | "bad";

const looks = {
  info: { box: "bg-accent-soft text-accent-ink", icon: InfoCircledIcon },
  good: { box: "bg-good-soft text-good-ink", icon: CheckCircledIcon },
  warn: { box: "bg-warn-soft text-warn-ink", icon: ExclamationTriangleIcon },
  bad: { box: "bg-bad-soft text-bad-ink", icon: CrossCircledIcon },
} as const;

type NoticeProps = {
  tone?: NoticeTone;
  title?: string;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
};

/** A message in the place that it is about. Warnings and errors are announced. */
export function Notice({ tone = "info", title, children, action, className }: NoticeProps) {
  const { box, icon: Icon } = looks[tone];
  return (
    <div
      role={tone === "bad" || tone === "warn" ? "alert" : "status"}
      className={cn(
        "flex flex-wrap items-start gap-x-3 gap-y-2 rounded-lg px-3.5 py-3 text-sm",
        box,
        className,
      )}
    >
      <Icon className="mt-0.5 shrink-0" aria-hidden="true" />
      <div className="min-w-0 flex-1 basis-56">
        {title ? <p className="font-medium">{title}</p> : null}
        {children ? <div className="break-words">{children}</div> : null}
      </div>
      {action}
    </div>
  );
}
