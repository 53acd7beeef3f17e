import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n';

const SIGNS = [...'😀😊😂🙂😉😍🥰😎🤔😅😢😭😡😮🙄👍👎👏🙏🙌💪👌❤🧡💚💙🎉🎁🌹☕⭐🔥✅❌❓📦🚚📷'];
const ACROSS = 8;

/** A small choice of signs; arrows move in it as it is seen, Escape gives the focus back. */
export function Emoji({ onPick, onClose }: { onPick: (sign: string) => void; onClose: () => void }) {
  const grid = useRef<HTMLDivElement>(null);
  const focusOn = (at: number) => (grid.current?.children[at] as HTMLElement | undefined)?.focus();

  useEffect(() => focusOn(0), []);

  function move(event: KeyboardEvent) {
    if (event.key === 'Escape') {
      event.stopPropagation();
      onClose();
      return;
    }
    const at = [...(grid.current?.children ?? [])].indexOf(event.target as Element);
    const forward = getComputedStyle(event.currentTarget as Element).direction === 'rtl' ? -1 : 1;
    const step = { ArrowRight: forward, ArrowLeft: -forward, ArrowDown: ACROSS, ArrowUp: -ACROSS }[event.key];
    if (step === undefined || at < 0) return;
    event.preventDefault();
    focusOn(Math.max(0, Math.min(SIGNS.length - 1, at + step)));
  }

  return (
    <div class="emoji" role="group" aria-label={t('emoji')} ref={grid} onKeyDown={move}>
      {SIGNS.map((sign, at) => (
        <button type="button" key={sign} tabIndex={at === 0 ? 0 : -1} onClick={() => onPick(sign)}>
          {sign}
        </button>
      ))}
    </div>
  );
}
