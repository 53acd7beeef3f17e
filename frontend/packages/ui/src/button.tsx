import { clsx } from "clsx";
import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import {
  Button as AriaButton,
  type ButtonProps,
  ToggleButton,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";

const KINDS = {
  primary:
    "bg-accent text-accent-ink data-hovered:brightness-110 data-pressed:brightness-95 data-disabled:opacity-50",
  plain:
    "border border-line bg-surface text-ink data-hovered:bg-sunken data-pressed:bg-sunken data-disabled:text-ink-3",
  ghost:
    "text-accent-text data-hovered:bg-accent-soft data-pressed:bg-accent-soft data-disabled:opacity-50",
  danger:
    "bg-bad text-surface data-hovered:brightness-110 data-pressed:brightness-95 data-disabled:opacity-50",
  "danger-line":
    "border border-line bg-surface text-bad data-hovered:bg-bad-soft data-disabled:opacity-50",
};
const SIZES = {
  sm: "h-7 px-2.5 text-[13px]",
  md: "h-8 px-3 text-sm",
  lg: "h-10 px-4 text-sm",
};

export type ButtonKind = keyof typeof KINDS;
interface Props extends Omit<ButtonProps, "className" | "children" | "style"> {
  kind?: ButtonKind;
  size?: keyof typeof SIZES;
  icon?: LucideIcon;
  /** The icon points along the reading direction. */
  flip?: boolean;
  kbd?: string;
  className?: string;
  children: ReactNode;
}

export function Button({
  kind = "plain",
  size = "md",
  icon: Icon,
  flip,
  kbd,
  className,
  children,
  isPending,
  onPress,
  type,
  ...rest
}: Props) {
  // React Aria's own pending state leaves an image without a name in its announcer.
  return (
    <AriaButton
      {...rest}
      type={isPending ? "button" : type}
      onPress={isPending ? undefined : onPress}
      aria-busy={isPending}
      className={clsx(
        "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-[background-color,filter] duration-120 select-none",
        KINDS[kind],
        SIZES[size],
        className,
      )}
    >
      {isPending ? (
        <Spinner />
      ) : (
        Icon && <Icon size={15} aria-hidden="true" className={clsx(flip && "icon-flip")} />
      )}
      {children}
      {kbd && <Kbd onAccent={kind === "primary"}>{kbd}</Kbd>}
    </AriaButton>
  );
}

/** Only ever inside a pressed button. */
function Spinner() {
  return (
    <span
      aria-hidden="true"
      className="size-3.5 animate-spin rounded-full border-2 border-current border-e-transparent"
    />
  );
}

export function Kbd({
  children,
  onAccent,
  className,
}: {
  children: ReactNode;
  onAccent?: boolean;
  className?: string;
}) {
  return (
    <kbd
      dir="ltr"
      className={clsx(
        "rounded px-1 font-sans text-2xs not-pointer-fine:hidden",
        onAccent ? "border border-accent-ink/50" : "border border-line bg-sunken text-ink-2",
        className,
      )}
    >
      {children}
    </kbd>
  );
}

/** Shows what the one thing in it is called, on hover and on focus, with its key. */
export function Tip(props: {
  label: string;
  kbd?: string;
  placement?: "top" | "end";
  children: ReactElement;
}) {
  const { label, kbd, placement = "top", children } = props;
  return (
    <TooltipTrigger delay={500}>
      {children}
      <Tooltip
        offset={6}
        placement={placement}
        className="flex animate-fade items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs text-surface shadow-pop"
      >
        {label}
        {kbd && (
          <kbd dir="ltr" className="rounded bg-surface/20 px-1 font-sans text-2xs">
            {kbd}
          </kbd>
        )}
      </Tooltip>
    </TooltipTrigger>
  );
}

interface IconButtonProps extends Omit<ButtonProps, "className" | "children" | "style"> {
  icon: LucideIcon;
  /** Spoken, and shown on hover and focus. */
  label: string;
  kbd?: string;
  flip?: boolean;
  size?: "sm" | "md" | "lg";
  /** Given: the button is a toggle. */
  isSelected?: boolean;
  className?: string;
}
const SQUARE = { sm: "size-7", md: "size-8", lg: "size-10" };

export function IconButton({
  icon: Icon,
  label,
  kbd,
  flip,
  size = "md",
  isSelected,
  className,
  ...rest
}: IconButtonProps) {
  const look = clsx(
    "grid shrink-0 place-items-center rounded-lg text-ink-2 transition-colors duration-120 data-hovered:bg-sunken data-hovered:text-ink data-pressed:bg-sunken data-disabled:opacity-45 data-selected:bg-accent-soft data-selected:text-accent-text aria-expanded:bg-accent-soft aria-expanded:text-accent-text",
    SQUARE[size],
    className,
  );
  const icon = (
    <Icon size={size === "lg" ? 20 : 17} aria-hidden="true" className={clsx(flip && "icon-flip")} />
  );
  return (
    <Tip label={label} kbd={kbd}>
      {isSelected === undefined ? (
        <AriaButton {...rest} aria-label={label} className={look}>
          {icon}
        </AriaButton>
      ) : (
        <ToggleButton
          aria-label={label}
          isSelected={isSelected}
          isDisabled={rest.isDisabled}
          onPress={rest.onPress}
          className={look}
        >
          {icon}
        </ToggleButton>
      )}
    </Tip>
  );
}
