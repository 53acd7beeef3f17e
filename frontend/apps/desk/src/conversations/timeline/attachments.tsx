import type { Attachment } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { clsx } from "clsx";
import { CircleAlert, Clock, Download, FileText } from "lucide-react";
import { api } from "../../ground.ts";

const isPicture = (a: Attachment) => /^image\/(png|jpe?g|gif|webp|avif)$/.test(a.content_type);

/** Pictures as pictures, the rest as files to download; what is not here yet says so. */
export function Attachments({ items, className }: { items: Attachment[]; className?: string }) {
  const shown = items.filter((item) => !item.inline);
  if (!shown.length) return null;
  const pictures = shown.filter((item) => item.state === "ready" && isPicture(item));
  const files = shown.filter((item) => !pictures.includes(item));
  return (
    <div className={clsx("flex flex-col gap-1.5", className)}>
      {pictures.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {pictures.map((item) => (
            <Picture key={item.id} item={item} />
          ))}
        </div>
      )}
      {files.length > 0 && (
        <div className="flex flex-wrap gap-1.5">
          {files.map((item) => (
            <FileCard key={item.id} item={item} />
          ))}
        </div>
      )}
    </div>
  );
}

function Picture({ item }: { item: Attachment }) {
  const t = useT();
  const url = api.url(`/attachments/${item.id}?inline=1`);
  const [width, height] = [item.width ?? 4, item.height ?? 3];
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      aria-label={t("desk.open_image", { name: isolate(item.name) })}
      className="block overflow-hidden rounded-xl border border-line bg-sunken"
      style={{
        width: Math.max(64, Math.min(220, width)),
        aspectRatio: `${width} / ${height}`,
        maxHeight: 260,
      }}
    >
      <img src={url} alt="" loading="lazy" className="size-full object-cover" />
    </a>
  );
}

const STATE = {
  pending: { icon: Clock, text: "desk.file_pending" },
  failed: { icon: CircleAlert, text: "desk.file_failed" },
};

function FileCard({ item }: { item: Attachment }) {
  const t = useT();
  const format = useFormat();
  const look =
    "flex h-11 max-w-64 items-center gap-2.5 rounded-lg border border-line bg-surface ps-2.5 pe-3 text-start";
  const state = item.state === "ready" ? null : STATE[item.state];
  const body = (
    <>
      <FileText size={18} aria-hidden="true" className="shrink-0 text-ink-3" />
      <span className="min-w-0 grow leading-4.5">
        <span dir="auto" className="block truncate text-[13px] font-medium">
          {item.name}
        </span>
        <span className="flex items-center gap-1 text-2xs text-ink-2">
          {state ? (
            <>
              <state.icon size={11} aria-hidden="true" />
              {t(state.text)}
            </>
          ) : (
            format.bytes(item.size)
          )}
        </span>
      </span>
    </>
  );
  if (state) return <span className={look}>{body}</span>;
  return (
    <a
      href={api.url(`/attachments/${item.id}`)}
      download={item.name}
      title={t("desk.download", { name: isolate(item.name) })}
      className={clsx(look, "hover:bg-raised")}
    >
      {body}
      <Download size={15} aria-hidden="true" className="shrink-0 text-ink-2" />
    </a>
  );
}
