import { GlobeIcon } from "@radix-ui/react-icons";
import { useQuery } from "@tanstack/react-query";
import { meQuery } from "../account/queries.ts";
import { isUnreachable } from "../api/problem.ts";
import { Empty, Page } from "../ui/layout.tsx";
import { Logo } from "./logo.tsx";
import { shellText } from "./messages.ts";
import { BottomLinks, SideLinks } from "./navigation.tsx";
import { PageError } from "./screen-states.tsx";
import { ShellFrame } from "./shell-frame.tsx";

const askEveryMs = 5_000;

/** Instead of the shell, which needs to know who one is. */
export function ShellError({ error }: { error: unknown }) {
  return isUnreachable(error) ? <Unreachable /> : <PageError error={error} />;
}

/**
 * The dashboard without Galley, as after a reload without a connection: nothing of anybody is kept on the device, so
 * there is the way around and the reason. Asks until Galley answers; then the router shows where one is.
 */
function Unreachable() {
  useQuery({ ...meQuery, retry: false, refetchInterval: askEveryMs });
  return (
    <ShellFrame
      side={
        <>
          <div className="flex h-10 items-center gap-2.5 px-1.5 text-sm font-semibold">
            <Logo className="size-7 shrink-0" />
            Galley
          </div>
          <SideLinks counts={{}} />
        </>
      }
      bottom={<BottomLinks counts={{}} />}
    >
      <Page>
        <Empty heading="h1" icon={<GlobeIcon />} title={shellText.unreachable}>
          {shellText.unreachableLead}
        </Empty>
      </Page>
    </ShellFrame>
  );
}
