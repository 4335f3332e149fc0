import {
  CheckIcon,
  CrossCircledIcon,
  ExclamationTriangleIcon,
  InfoCircledIcon,
  UpdateIcon,
} from "@radix-ui/react-icons";
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCan } from "../account/use-me.ts";
import { keys } from "../api/keys.ts";
import { messageOf } from "../api/problem.ts";
import type { DoctorFinding, DoctorReport, Platform } from "../api/types.ts";
import { cn } from "../lib/cn.ts";
import { Status } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { Card, Page, PageHeader, SkeletonRows } from "../ui/layout.tsx";
import { Notice } from "../ui/notice.tsx";
import { ChannelIcon } from "./channel-icon.tsx";
import { CopyLine } from "./copy-line.tsx";
import { channelsText } from "./messages.ts";
import { platformsQuery, reportQuery } from "./queries.ts";

/** Examines each platform by itself, so that one that is slow or broken holds up none of the others. */
export function DoctorScreen() {
  const allowed = useCan("channels.manage");
  const queryClient = useQueryClient();
  const platforms = useQuery(platformsQuery);
  // What nobody uses yet needs no examination.
  const used = (platforms.data ?? []).filter(
    ({ accounts, app }) => accounts.connected + accounts.needsReconnect > 0 || (app && app.source !== "none"),
  );
  const reports = useQueries({ queries: allowed ? used.map(({ id }) => reportQuery(id)) : [] });
  const done = reports.filter(({ isFetching }) => !isFetching).length;
  const running = done < reports.length;

  return (
    <Page width="narrow">
      <PageHeader
        title={channelsText.doctor}
        lead={channelsText.doctorLead}
        back={
          <Link to="/channels" className="text-sm text-dim hover:text-ink">
            ← {channelsText.title}
          </Link>
        }
        actions={
          <Button
            busy={running}
            disabled={!allowed}
            onClick={() => void queryClient.invalidateQueries({ queryKey: keys.doctor.all })}
          >
            {running ? null : <UpdateIcon aria-hidden="true" />}
            {channelsText.examineAgain}
          </Button>
        }
      />
      {allowed ? null : <Notice>{channelsText.managersOnly}</Notice>}
      {platforms.isError ? <Notice tone="bad">{messageOf(platforms.error)}</Notice> : null}
      {platforms.isPending ? <SkeletonRows rows={3} label={channelsText.loading} /> : null}
      {allowed && reports.length > 0 ? (
        <p role="status" className="mb-4 text-sm text-dim">
          {running ? channelsText.examining(done, reports.length) : channelsText.examined(reports.length)}
        </p>
      ) : null}
      {platforms.isSuccess && used.length === 0 ? <Notice>{channelsText.nothingToExamine}</Notice> : null}
      <div className="grid gap-4">
        {allowed
          ? used.map((platform, index) => (
              <PlatformReport
                key={platform.id}
                platform={platform}
                report={reports[index]?.data}
                error={reports[index]?.error ?? null}
              />
            ))
          : null}
      </div>
    </Page>
  );
}

type ReportProps = { platform: Platform; report: DoctorReport | undefined; error: Error | null };

function PlatformReport({ platform, report, error }: ReportProps) {
  const all = report ? [...report.findings, ...report.channels.flatMap(({ findings }) => findings)] : [];
  const registers = platform.app !== null;
  return (
    <Card>
      <div className="flex items-center gap-3 border-b border-line px-5 py-3.5">
        <ChannelIcon connector={platform.id} className="size-7" />
        <h2 className="flex-1 text-base font-semibold">{platform.name}</h2>
        {report ? <Verdict findings={all} /> : null}
      </div>
      <div className="grid gap-4 px-5 py-4">
        {registers && platform.redirectUri ? (
          <CopyLine label={channelsText.redirectUri} value={platform.redirectUri} />
        ) : null}
        {error ? <Notice tone="bad">{messageOf(error)}</Notice> : null}
        {!report && !error ? (
          <Status tone="neutral" pulse>
            {channelsText.looking}
          </Status>
        ) : null}
        {report && report.findings.length > 0 ? <Findings findings={report.findings} /> : null}
        {report?.channels.map(({ channel, findings }) => (
          <section key={channel.id} className="grid gap-2">
            <h3 className="text-sm font-semibold">{channel.handle}</h3>
            <Findings findings={findings} />
          </section>
        ))}
      </div>
    </Card>
  );
}

function Verdict({ findings }: { findings: DoctorFinding[] }) {
  const errors = findings.filter(({ level }) => level === "error").length;
  const warnings = findings.filter(({ level }) => level === "warning").length;
  if (errors > 0) return <Status tone="bad">{channelsText.errors(errors)}</Status>;
  if (warnings > 0) return <Status tone="warn">{channelsText.warnings(warnings)}</Status>;
  return <Status tone="good">{channelsText.allWell}</Status>;
}

const looks = {
  ok: { icon: CheckIcon, ink: "text-good-ink" },
  info: { icon: InfoCircledIcon, ink: "text-accent-ink" },
  warning: { icon: ExclamationTriangleIcon, ink: "text-warn-ink" },
  error: { icon: CrossCircledIcon, ink: "text-bad-ink" },
} as const;

function Findings({ findings }: { findings: DoctorFinding[] }) {
  return (
    <ul className="grid gap-2">
      {findings.map((finding, index) => {
        const { icon: Icon, ink } = looks[finding.level];
        return (
          <li key={index} className="flex gap-2.5 text-sm">
            <Icon aria-hidden="true" className={cn("mt-0.5 shrink-0", ink)} />
            <div className="min-w-0 break-words">
              <p>
                <span className="sr-only">{channelsText.levels[finding.level]}: </span>
                {finding.problem}
              </p>
              {finding.fix ? <p className="text-dim">{finding.fix}</p> : null}
            </div>
          </li>
        );
      })}
    </ul>
  );
}
