import { CrossCircledIcon, MagnifyingGlassIcon } from "@radix-ui/react-icons";
import { Link, useRouter } from "@tanstack/react-router";
import { messageOf } from "../api/problem.ts";
import { askAgain } from "../lib/lazy-part.tsx";
import { Button } from "../ui/button.tsx";
import { Empty, Page, Skeleton } from "../ui/layout.tsx";
import { shellText } from "./messages.ts";

export function ScreenPending() {
  return (
    <Page>
      <div role="status" aria-label={shellText.loading} className="grid gap-4">
        <Skeleton className="h-7 w-48" />
        <Skeleton className="h-4 w-80" />
        <Skeleton className="mt-4 h-64 w-full rounded-xl" />
      </div>
    </Page>
  );
}

export function ScreenError({ error }: { error: unknown }) {
  const router = useRouter();
  return (
    <Page>
      <div role="alert">
        <Empty
          heading="h1"
          icon={<CrossCircledIcon />}
          title={shellText.crashed}
          action={
            <Button
              variant="primary"
              onClick={() => {
                askAgain();
                void router.invalidate();
              }}
            >
              {shellText.retry}
            </Button>
          }
        >
          {messageOf(error)}
        </Empty>
      </div>
    </Page>
  );
}

/** Outside the shell, which brings the landmark otherwise. */
export function PageError({ error }: { error: unknown }) {
  return (
    <main>
      <ScreenError error={error} />
    </main>
  );
}

export function ScreenNotFound() {
  return (
    <main>
      <Page>
        <Empty
          heading="h1"
          icon={<MagnifyingGlassIcon />}
          title={shellText.notFound}
          action={
            <Button asChild variant="primary">
              <Link to="/">{shellText.toHome}</Link>
            </Button>
          }
        >
          {shellText.notFoundLead}
        </Empty>
      </Page>
    </main>
  );
}
