import type { Channel, VariantContent } from "../api/types.ts";
import { Card } from "../ui/layout.tsx";
import { EmailPreview } from "./email-preview.tsx";
import { previewText } from "./messages.ts";
import { SocialPreview } from "./social-preview.tsx";

type PreviewProps = { channel: Channel; platform: string; content: VariantContent };

/** The variant as people will see it on its platform. */
export function Preview({ channel, platform, content }: PreviewProps) {
  const Look = channel.connector === "email" ? EmailPreview : SocialPreview;
  return (
    <section aria-label={previewText.label(platform)}>
      <Card className="overflow-hidden">
        <Look channel={channel} content={content} />
      </Card>
    </section>
  );
}
