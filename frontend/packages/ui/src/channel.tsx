import { clsx } from "clsx";
import {
  Camera,
  Code,
  Globe,
  type LucideIcon,
  Mail,
  MessageCircle,
  MessageSquareText,
  Phone,
  Send,
  Video,
} from "lucide-react";

/** How a channel kind looks; a kind unknown here gets the neutral look. */
const LOOKS: Record<string, { icon: LucideIcon; color: string }> = {
  email: { icon: Mail, color: "var(--channel-email)" },
  web_chat: { icon: Globe, color: "var(--channel-web-chat)" },
  sms: { icon: MessageSquareText, color: "var(--channel-sms)" },
  whatsapp: { icon: MessageCircle, color: "var(--channel-whatsapp)" },
  telegram: { icon: Send, color: "var(--channel-telegram)" },
  instagram: { icon: Camera, color: "var(--channel-instagram)" },
  voice: { icon: Phone, color: "var(--channel-voice)" },
  video: { icon: Video, color: "var(--channel-video)" },
};
const NEUTRAL = { icon: Code, color: "var(--channel-api)" };

export const channelIcon = (kind: string): LucideIcon => (LOOKS[kind] ?? NEUTRAL).icon;

interface Props {
  kind: string;
  size?: number;
  ring?: boolean;
  className?: string;
}

/** The only place where a channel's colour is seen. Decorative: its name stands beside it. */
export function ChannelBadge({ kind, size = 18, ring = false, className }: Props) {
  const { icon: Icon, color } = LOOKS[kind] ?? NEUTRAL;
  return (
    <span
      aria-hidden="true"
      className={clsx(
        "grid shrink-0 place-items-center rounded-full text-white",
        ring && "ring-2 ring-surface",
        className,
      )}
      style={{ background: color, width: size, height: size }}
    >
      <Icon size={Math.round(size * 0.56)} strokeWidth={2.4} />
    </span>
  );
}
