import { getRouteApi } from "@tanstack/react-router";
import { useMe } from "../account/use-me.ts";
import { Page, PageHeader } from "../ui/layout.tsx";
import { Tab, TabList, TabPanel, Tabs } from "../ui/tabs.tsx";
import { InstallationSettings } from "./installation-settings.tsx";
import { MembersSettings } from "./members-settings.tsx";
import { settingsText } from "./messages.ts";
import { AccessSettings } from "./sessions-settings.tsx";
import { SiteSettings } from "./site-settings.tsx";
import { WorkspaceSettings } from "./workspace-settings.tsx";

const route = getRouteApi("/shell/settings");

const sections = [
  { value: "workspace", content: WorkspaceSettings },
  { value: "site", content: SiteSettings },
  { value: "members", content: MembersSettings },
  { value: "sessions", content: AccessSettings },
  { value: "installation", content: InstallationSettings },
] as const;

export function SettingsScreen() {
  const { tab } = route.useSearch();
  const navigate = route.useNavigate();
  const { workspace, user } = useMe();
  const shown = sections.filter(({ value }) => value !== "installation" || user.isInstallationAdmin);
  const chosen = shown.find((section) => section.value === tab) ?? sections[0];
  return (
    <Page width="narrow">
      <PageHeader title={settingsText.title} />
      <Tabs
        value={chosen.value}
        onValueChange={(value) => void navigate({ search: { tab: value }, replace: true })}
      >
        <TabList>
          {shown.map(({ value }) => (
            <Tab key={value} value={value}>
              {settingsText.tabs[value]}
            </Tab>
          ))}
        </TabList>
        {shown.map(({ value, content: Content }) => (
          <TabPanel key={value} value={value} className="grid gap-6 pt-6">
            <Content key={workspace.id} />
          </TabPanel>
        ))}
      </Tabs>
    </Page>
  );
}
