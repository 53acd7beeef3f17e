import { useEffect } from "react";
import { isOn } from "../device.ts";

const NOTES = [659.3, 880];
const EVERY_MS = 2_400;

/** Two soft notes, made here: no file to fetch. A browser that forbids sound stays silent. */
function ring(context: AudioContext) {
  NOTES.forEach((frequency, index) => {
    const start = context.currentTime + index * 0.16;
    const tone = context.createOscillator();
    const volume = context.createGain();
    tone.type = "sine";
    tone.frequency.value = frequency;
    volume.gain.setValueAtTime(0, start);
    volume.gain.linearRampToValueAtTime(0.12, start + 0.02);
    volume.gain.exponentialRampToValueAtTime(0.001, start + 0.55);
    tone.connect(volume).connect(context.destination);
    tone.start(start);
    tone.stop(start + 0.6);
  });
}

/** Rings while `on`. */
export function useRinging(on: boolean) {
  useEffect(() => {
    if (!on || !isOn("sound") || typeof AudioContext === "undefined") return;
    const context = new AudioContext();
    ring(context);
    const timer = setInterval(() => ring(context), EVERY_MS);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [on]);
}

/** A word outside the tab, if it is wanted and allowed and the tab is not looked at. */
export function notify(
  title: string,
  body: string,
  tag: string,
  onClick?: () => void,
): Notification | null {
  if (document.hasFocus() || !isOn("notifications")) return null;
  if (!("Notification" in window) || Notification.permission !== "granted") return null;
  const notice = new Notification(title, { body, tag });
  notice.onclick = () => {
    window.focus();
    notice.close();
    onClick?.();
  };
  return notice;
}

export function useOutsideNotice(title: string | null, body: string, tag: string) {
  useEffect(() => {
    const notice = title ? notify(title, body, tag) : null;
    return () => notice?.close();
  }, [title, body, tag]);
}

export function useTitle(title: string) {
  useEffect(() => {
    document.title = title;
  }, [title]);
}
