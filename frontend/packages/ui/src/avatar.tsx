import { clsx } from "clsx";
import { User } from "lucide-react";
import { ChannelBadge } from "./channel.tsx";

const hueOf = (name: string) =>
  [...name].reduce((sum, c) => sum + (c.codePointAt(0) ?? 0) * 7, 0) % 360;

interface Props {
  name: string;
  size?: number;
  channel?: string;
  presence?: "available" | "away" | "offline";
}

const DOT = { available: "bg-ok", away: "bg-warn", offline: "bg-line-strong" };

export function Avatar({ name, size = 36, channel, presence }: Props) {
  const hue = hueOf(name);
  const first = [...name.trim()][0];
  return (
    <span
      aria-hidden="true"
      className="relative inline-block shrink-0 align-top"
      style={{ width: size, height: size }}
    >
      <span
        className="grid size-full place-items-center rounded-full font-semibold uppercase select-none"
        style={{
          fontSize: Math.max(12, size * 0.37),
          background: `oklch(from var(--accent-soft) l 0.05 ${hue})`,
          color: `oklch(from var(--accent-text) l 0.1 ${hue})`,
        }}
      >
        {first && /\p{L}/u.test(first) ? first : <User size={size * 0.5} />}
      </span>
      {channel && <ChannelBadge kind={channel} ring className="absolute -bottom-1 -end-1" />}
      {presence && (
        <span
          className={clsx(
            "absolute bottom-0 end-0 rounded-full ring-2 ring-surface",
            DOT[presence],
            size > 44 ? "size-3" : "size-2.5",
          )}
        />
      )}
    </span>
  );
}
