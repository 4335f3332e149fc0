import { DownloadIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useCan, useMe } from "../account/use-me.ts";
import { formatMoment } from "../lib/format.ts";
import { PlanningNav } from "../planning/planning-nav.tsx";
import { Button } from "../ui/button.tsx";
import { Card, CardHeader, Page, PageHeader } from "../ui/layout.tsx";
import { ImportReport } from "./import-report.tsx";
import { importText } from "./messages.ts";
import { importsQuery } from "./queries.ts";
import { UploadForm } from "./upload-form.tsx";
import { useDownload } from "./use-download.ts";

const route = getRouteApi("/shell/import");

export function ImportScreen() {
  const { id } = route.useSearch();
  const navigate = route.useNavigate();
  const allowed = useCan("posts.write");
  const download = useDownload();
  return (
    <Page>
      <PlanningNav />
      <PageHeader
        title={importText.title}
        lead={importText.lead}
        actions={
          <>
            <Button onClick={() => download.mutate("getImportTemplate")}>
              <DownloadIcon aria-hidden="true" />
              {importText.template}
            </Button>
            <Button onClick={() => download.mutate("exportPosts")}>
              <DownloadIcon aria-hidden="true" />
              {importText.export}
            </Button>
          </>
        }
      />
      {id ? (
        <ImportReport id={id} allowed={allowed} />
      ) : (
        <div className="grid gap-6">
          {allowed ? (
            <UploadForm onUploaded={(uploaded) => void navigate({ search: { id: uploaded.id } })} />
          ) : null}
          <Recent />
        </div>
      )}
    </Page>
  );
}

function Recent() {
  const { workspace } = useMe();
  const recent = useQuery(importsQuery);
  if (!recent.data?.length) return null;
  return (
    <Card>
      <CardHeader title={importText.recent} />
      <ul className="divide-y divide-line">
        {recent.data.map((one) => (
          <li key={one.id} className="relative flex flex-wrap items-center gap-x-4 gap-y-1 px-5 py-3 text-sm">
            <Link
              to="/import"
              search={{ id: one.id }}
              className="min-w-0 flex-1 basis-48 truncate font-medium after:absolute after:inset-0"
            >
              {one.fileName}
            </Link>
            <span className="text-dim">
              {importText.summary(one.counts.made, one.counts.broken, one.counts.repeated)}
            </span>
            <span className="text-xs text-faint">{formatMoment(one.createdAt, workspace.timeZone)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
