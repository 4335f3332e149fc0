import type { ComponentType } from "react";
import type { Channel, VariantContent } from "../api/types.ts";
import { Card } from "../ui/layout.tsx";
import { EmailPreview } from "./email-preview.tsx";
import { FacebookPreview } from "./facebook-preview.tsx";
import { InstagramPreview } from "./instagram-preview.tsx";
import { LinkedInPreview } from "./linkedin-preview.tsx";
import { previewText } from "./messages.ts";
import { SitePreview } from "./site-preview.tsx";
import { SocialPreview } from "./social-preview.tsx";
import { XPreview } from "./x-preview.tsx";

type PreviewProps = { channel: Channel; platform: string; content: VariantContent };

const looks: Record<string, ComponentType<Omit<PreviewProps, "platform">>> = {
  email: EmailPreview,
  facebook: FacebookPreview,
  instagram: InstagramPreview,
  site: SitePreview,
  linkedin: LinkedInPreview,
  "linkedin-page": LinkedInPreview,
  x: XPreview,
};

/** The variant as people will see it on its platform. */
export function Preview({ channel, platform, content }: PreviewProps) {
  const Look = looks[channel.connector] ?? SocialPreview;
  return (
    <section aria-label={previewText.label(platform)}>
      <Card className="overflow-hidden">
        <Look channel={channel} content={content} />
      </Card>
    </section>
  );
}
