import type { Attachment } from "@wasl/api";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { IconButton } from "@wasl/ui";
import { CircleAlert, FileText, X } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import { useErrorText } from "../../errors.ts";
import { api } from "../../ground.ts";

interface Upload {
  key: number;
  name: string;
  share: number;
  error: string | null;
  stop: AbortController;
}

export type Uploads = ReturnType<typeof useUploads>;

/** Files on their way up; those that arrived are handed to `onReady`. */
export function useUploads(onReady: (file: Attachment) => void) {
  const errorText = useErrorText();
  const [uploads, setUploads] = useState<Upload[]>([]);
  const count = useRef(0);
  const update = useCallback(
    (key: number, change: Partial<Upload>) =>
      setUploads((all) => all.map((u) => (u.key === key ? { ...u, ...change } : u))),
    [],
  );
  const remove = useCallback(
    (key: number) => setUploads((all) => all.filter((u) => u.key !== key)),
    [],
  );
  const add = useCallback(
    (files: Iterable<File>) => {
      for (const file of files) {
        const key = ++count.current;
        const stop = new AbortController();
        setUploads((all) => [...all, { key, name: file.name, share: 0, error: null, stop }]);
        api
          .upload(file, (share) => update(key, { share }), stop.signal)
          .then((made) => {
            remove(key);
            onReady(made);
          })
          .catch((error) =>
            stop.signal.aborted ? remove(key) : update(key, { error: errorText(error) }),
          );
      }
    },
    [onReady, update, remove, errorText],
  );
  const cancel = useCallback(
    (upload: Upload) => {
      upload.stop.abort();
      remove(upload.key);
    },
    [remove],
  );
  return { uploads, add, cancel, busy: uploads.some((u) => !u.error) };
}

interface ListProps {
  files: { id: string; name: string; size: number }[];
  uploads: Upload[];
  onRemove: (id: string) => void;
  onCancel: (upload: Upload) => void;
}

const chip =
  "relative flex h-9 max-w-60 items-center gap-2 overflow-hidden rounded-lg border bg-surface ps-2.5 pe-1 text-[13px]";

export function FileList({ files, uploads, onRemove, onCancel }: ListProps) {
  const t = useT();
  const format = useFormat();
  if (!files.length && !uploads.length) return null;
  return (
    <ul className="flex flex-wrap gap-1.5 px-3 pb-2">
      {files.map((file) => (
        <li key={file.id} className={`${chip} border-line`}>
          <FileText size={15} aria-hidden="true" className="shrink-0 text-ink-3" />
          <span dir="auto" className="truncate">
            {file.name}
          </span>
          <span className="shrink-0 text-2xs text-ink-2">{format.bytes(file.size)}</span>
          <IconButton
            icon={X}
            size="sm"
            label={t("desk.remove_file", { name: isolate(file.name) })}
            onPress={() => onRemove(file.id)}
          />
        </li>
      ))}
      {uploads.map((upload) => (
        <li key={upload.key} className={`${chip} ${upload.error ? "border-bad" : "border-line"}`}>
          {upload.error ? (
            <CircleAlert size={15} aria-hidden="true" className="shrink-0 text-bad" />
          ) : (
            <FileText size={15} aria-hidden="true" className="shrink-0 text-ink-3" />
          )}
          <span dir="auto" className="truncate">
            {upload.name}
          </span>
          <span className="shrink-0 text-2xs text-ink-2">
            {upload.error ?? t("desk.uploading", { share: format.percent(upload.share) })}
          </span>
          <IconButton
            icon={X}
            size="sm"
            label={t("desk.remove_file", { name: isolate(upload.name) })}
            onPress={() => onCancel(upload)}
          />
          {!upload.error && (
            <span
              role="progressbar"
              aria-label={upload.name}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={Math.round(upload.share * 100)}
              className="absolute start-0 bottom-0 h-0.5 bg-accent"
              style={{ width: `${upload.share * 100}%` }}
            />
          )}
        </li>
      ))}
    </ul>
  );
}
