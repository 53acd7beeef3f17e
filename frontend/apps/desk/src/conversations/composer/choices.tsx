import { clsx } from "clsx";

export interface Choice {
  id: string;
  title: string;
  /** A code or a word beside the title. */
  aside?: string;
  detail?: string;
  take: () => void;
}

interface Props {
  id: string;
  label: string;
  choices: Choice[];
  active: number;
  /** What to say when nothing fits. */
  nothing: string;
}

/** What the word before the caret may become; the caret stays in the text. */
export function ChoiceList({ id, label, choices, active, nothing }: Props) {
  return (
    <div className="scroll-thin absolute inset-x-0 bottom-full z-10 mb-2 max-h-72 animate-rise overflow-y-auto rounded-xl border border-line bg-surface p-1.5 shadow-pop">
      {choices.length ? (
        <div id={id} role="listbox" aria-label={label}>
          {choices.map((choice, index) => (
            <div
              key={choice.id}
              id={`${id}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              onMouseDown={(event) => event.preventDefault()}
              onClick={choice.take}
              onKeyDown={() => undefined}
              className={clsx("rounded-lg px-2 py-1.5", index === active && "bg-accent-soft")}
            >
              <p className="flex items-baseline gap-2 text-sm font-medium">
                <span dir="auto">{choice.title}</span>
                {choice.aside && (
                  <bdi className="text-xs font-normal text-ink-2">{choice.aside}</bdi>
                )}
              </p>
              {choice.detail && (
                <p dir="auto" className="bidi-line truncate text-xs text-ink-2">
                  {choice.detail}
                </p>
              )}
            </div>
          ))}
        </div>
      ) : (
        <p className="px-2 py-1 text-[13px] text-ink-2">{nothing}</p>
      )}
    </div>
  );
}
