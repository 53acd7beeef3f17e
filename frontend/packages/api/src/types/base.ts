import type { Language } from "@wasl/i18n/locale";

export type Time = string;
export interface Ref {
  id: string;
  name: string;
}
export type Names = Record<Language, string>;
export interface QueueRef extends Ref {
  names: Names;
}
export interface Page<T> {
  items: T[];
  next: string | null;
}
export interface ChannelRef {
  id: string;
  kind: string;
  name: string;
}
export interface Named {
  code: string;
  names: Names;
}
