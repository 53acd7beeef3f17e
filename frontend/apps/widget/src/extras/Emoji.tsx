import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n";

const SIGNS = [..."😀😊😂🙂😉😍🥰😎🤔😅😢😭😡😮🙄👍👎👏🙏🙌💪👌❤🧡💚💙🎉🎁🌹☕⭐🔥✅❌❓📦🚚📷"];
const ACROSS = 8;

/** A small choice of signs; arrows move in it as it is seen, Escape gives the focus back. */
export function Emoji({
  onPick,
  onClose,
}: {
  onPick: (sign: string) => void;
  onClose: () => void;
}) {
  const grid = useRef<HTMLFieldSetElement>(null);
  const signs = () => [...(grid.current?.children ?? [])] as HTMLElement[];

  useEffect(() => (grid.current?.children[0] as HTMLElement | undefined)?.focus(), []);

  function move(event: KeyboardEvent) {
    if (event.key === "Escape") {
      event.stopPropagation();
      onClose();
      return;
    }
    const at = signs().indexOf(event.target as HTMLElement);
    const forward = getComputedStyle(event.currentTarget as Element).direction === "rtl" ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: ACROSS, ArrowUp: -ACROSS }[
      event.key
    ];
    if (step === undefined || at < 0) return;
    event.preventDefault();
    signs()[Math.max(0, Math.min(SIGNS.length - 1, at + step))]?.focus();
  }

  return (
    <fieldset class="emoji" aria-label={t("emoji")} ref={grid} onKeyDown={move}>
      {SIGNS.map((sign, at) => (
        <button type="button" key={sign} tabIndex={at === 0 ? 0 : -1} onClick={() => onPick(sign)}>
          {sign}
        </button>
      ))}
    </fieldset>
  );
}
