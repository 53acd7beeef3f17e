import { clsx } from "clsx";
import type { LucideIcon } from "lucide-react";
import { type PointerEvent, type ReactNode, useRef, useState } from "react";

const BUTTON = 76;
/** Less is a tap, or a thumb that scrolls. */
const MEANT = 10;

interface Props {
  actions: { id: string; label: string; icon: LucideIcon; run: () => void }[];
  children: ReactNode;
}

/**
 * A row that a finger pushes towards its inline start to show what can be done with it. Mouse and
 * keyboard find the same in the row's menu.
 */
export function Swipe({ actions, children }: Props) {
  const [offset, setOffset] = useState(0);
  const from = useRef<{ x: number; y: number; offset: number } | null>(null);
  const moved = useRef(false);
  const whole = actions.length * BUTTON;
  const ahead = (element: Element) => (getComputedStyle(element).direction === "rtl" ? -1 : 1);

  const down = (event: PointerEvent) => {
    if (event.pointerType === "mouse") return;
    from.current = { x: event.clientX, y: event.clientY, offset };
    moved.current = false;
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const start = from.current;
    if (!start) return;
    const pushed = (start.x - event.clientX) * ahead(event.currentTarget);
    if (!moved.current) {
      if (Math.abs(event.clientY - start.y) > MEANT) from.current = null;
      if (!from.current || Math.abs(pushed) < MEANT) return;
      moved.current = true;
      event.currentTarget.setPointerCapture(event.pointerId);
    }
    setOffset(Math.min(whole, Math.max(0, start.offset + pushed)));
  };
  const up = () => {
    if (from.current && moved.current) setOffset(offset > whole / 2 ? whole : 0);
    from.current = null;
  };

  return (
    <div className="relative overflow-hidden">
      {offset > 0 && (
        <div className="absolute inset-y-0 end-0 flex">
          {actions.map(({ id, label, icon: Icon, run }, index) => (
            <button
              key={id}
              type="button"
              onClick={() => {
                setOffset(0);
                run();
              }}
              style={{ width: BUTTON }}
              className={clsx(
                "grid place-content-center justify-items-center gap-1 text-xs font-medium",
                index === actions.length - 1 ? "bg-accent text-accent-ink" : "bg-sunken text-ink",
              )}
            >
              <Icon size={18} aria-hidden="true" />
              {label}
            </button>
          ))}
        </div>
      )}
      <div
        onPointerDown={down}
        onPointerMove={move}
        onPointerUp={up}
        onPointerCancel={() => {
          from.current = null;
          setOffset(0);
        }}
        // The end of a push is no tap; a tap on an open row closes it.
        onClickCapture={(event) => {
          if (!moved.current && offset === 0) return;
          event.preventDefault();
          event.stopPropagation();
          if (!moved.current) setOffset(0);
          moved.current = false;
        }}
        className={clsx(
          "touch-pan-y bg-surface",
          offset > 0 && "ltr:-translate-x-(--pushed) rtl:translate-x-(--pushed)",
          !moved.current && "transition-transform duration-180 motion-reduce:transition-none",
        )}
        style={{ "--pushed": `${offset}px` } as React.CSSProperties}
      >
        {children}
      </div>
    </div>
  );
}
