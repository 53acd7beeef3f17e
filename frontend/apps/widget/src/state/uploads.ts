import { signal } from "@preact/signals";
import { ApiError } from "../net/api";
import type { Attachment } from "../net/types";
import type { Chat } from "./chat";

export type Refusal = "too_large" | "empty" | "refused" | "failed";

export interface Upload {
  key: number;
  file: File;
  /** 0 to 1 */
  part: number;
  attachment?: Attachment;
  refusal?: Refusal;
  stop: () => void;
}

export const MOST_FILES = 10;

/** Why a file can't even be tried, or null. */
export function refusalOf(file: { size: number }, mostBytes: number): Refusal | null {
  if (file.size === 0) return "empty";
  return file.size > mostBytes ? "too_large" : null;
}

function refusalFrom(error: unknown): Refusal {
  if (!(error instanceof ApiError) || error.retryable) return "failed";
  return error.status === 413 ? "too_large" : "refused";
}

/** The files that are chosen for the next message. */
export class Uploads {
  readonly list = signal<readonly Upload[]>([]);
  private keys = 0;

  constructor(private readonly chat: Chat) {}

  /** Takes as many as there is room for; returns how many were left out. */
  add(files: Iterable<File>): number {
    let left = 0;
    for (const file of files) {
      if (this.list.value.length >= MOST_FILES) left++;
      else this.begin(file);
    }
    return left;
  }

  private begin(file: File): void {
    const key = this.keys++;
    const abort = new AbortController();
    const refusal = refusalOf(file, this.chat.config.value?.limits.file_bytes ?? 25_000_000);
    const upload: Upload = {
      key,
      file,
      part: 0,
      stop: () => abort.abort(),
      ...(refusal ? { refusal } : {}),
    };
    this.list.value = [...this.list.value, upload];
    if (refusal) return;
    this.chat
      .upload(file, (part) => this.change(key, { part }), abort.signal)
      .then((attachment) => this.change(key, { attachment, part: 1 }))
      .catch((error: unknown) => this.change(key, { refusal: refusalFrom(error) }));
  }

  private change(key: number, what: Partial<Upload>): void {
    this.list.value = this.list.value.map((one) => (one.key === key ? { ...one, ...what } : one));
  }

  retry(upload: Upload): void {
    this.remove(upload);
    this.begin(upload.file);
  }

  remove(upload: Upload): void {
    upload.stop();
    this.list.value = this.list.value.filter((one) => one.key !== upload.key);
  }

  /** The files that are ready, taken out; what was refused goes too. */
  take(): Attachment[] {
    const ready = this.list.value.flatMap((one) => (one.attachment ? [one.attachment] : []));
    this.list.value = [];
    return ready;
  }

  get busy(): boolean {
    return this.list.value.some((one) => !one.attachment && !one.refusal);
  }
}
