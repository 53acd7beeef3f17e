import { useT } from "@wasl/i18n";
import { clsx } from "clsx";
import { Check, type LucideIcon, X } from "lucide-react";
import { Fragment, type ReactNode, useRef } from "react";
import {
  Dialog as AriaDialog,
  Popover as AriaPopover,
  DialogTrigger,
  Heading,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Modal,
  ModalOverlay,
  Separator,
  Text,
} from "react-aria-components";
import { IconButton } from "./button.tsx";
import { optionLook, popoverLook } from "./field.tsx";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Buttons, at the end of the last row. */
  footer?: ReactNode;
  width?: number;
  children: ReactNode;
}

const overlayLook = "fixed inset-0 z-40 flex animate-fade bg-[oklch(0.2_0.02_260/0.45)]";

export function Dialog({ title, isOpen, onClose, footer, width = 440, children }: DialogProps) {
  const t = useT();
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className={clsx(overlayLook, "items-end justify-center sm:items-center sm:p-6")}
    >
      <Modal
        className="max-h-full w-full animate-rise overflow-hidden rounded-t-2xl bg-surface shadow-pop sm:rounded-2xl"
        style={{ maxWidth: width }}
      >
        <AriaDialog className="flex max-h-[90dvh] flex-col outline-none">
          <header className="flex items-center gap-2 ps-5 pe-3 pt-3.5 pb-1">
            <Heading slot="title" className="grow text-base font-semibold">
              {title}
            </Heading>
            <IconButton icon={X} label={t("common.close")} onPress={onClose} />
          </header>
          <div className="min-h-0 grow overflow-y-auto px-5 pt-1 pb-5">{children}</div>
          {footer && (
            <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-raised px-5 py-3">
              {footer}
            </footer>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Beside the page, at its end, without covering it; the page stays usable. */
export function Drawer(props: {
  title: string;
  onClose: () => void;
  footer?: ReactNode;
  children: ReactNode;
}) {
  const t = useT();
  return (
    <aside
      aria-label={props.title}
      className="flex w-full min-w-0 shrink-0 flex-col border-s border-line bg-surface md:w-120"
    >
      <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line ps-5 pe-3">
        <h2 className="grow truncate text-base font-semibold">{props.title}</h2>
        <IconButton icon={X} label={t("common.close")} onPress={props.onClose} />
      </header>
      <div className="relative min-h-0 grow overflow-y-auto p-5">{props.children}</div>
      {props.footer && (
        <footer className="flex items-center gap-2 border-t border-line bg-raised px-5 py-3">
          {props.footer}
        </footer>
      )}
    </aside>
  );
}

interface PopoverProps {
  /** The button that opens it: a pressable. */
  trigger: ReactNode;
  label: string;
  placement?: "bottom start" | "bottom end" | "top start" | "top end" | "top" | "bottom";
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  children: ReactNode | ((close: () => void) => ReactNode);
}

export function Popover({
  trigger,
  label,
  placement = "bottom end",
  isOpen,
  onOpenChange,
  className,
  children,
}: PopoverProps) {
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      {trigger}
      <AriaPopover placement={placement} offset={6} className={clsx(popoverLook, className)}>
        <AriaDialog aria-label={label} className="outline-none">
          {({ close }) => (typeof children === "function" ? children(close) : children)}
        </AriaDialog>
      </AriaPopover>
    </DialogTrigger>
  );
}

export interface Action {
  id: string;
  label: string;
  description?: string;
  icon?: LucideIcon;
  start?: ReactNode;
  kbd?: string;
  /** Of what it is one choice: neighbours of the same name are one group, of which one is chosen. */
  choice?: string;
  /** Chosen; on something that is no choice, switched on. */
  selected?: boolean;
  danger?: boolean;
  isDisabled?: boolean;
  /** A line above it. */
  divided?: boolean;
  run: () => void;
}

export function MenuButton(props: {
  trigger: ReactNode;
  label: string;
  actions: Action[];
  placement?: "bottom start" | "bottom end" | "top start" | "top end";
}) {
  const { trigger, label, actions, placement = "bottom end" } = props;
  return (
    <MenuTrigger>
      {trigger}
      <AriaPopover placement={placement} offset={6} className={clsx(popoverLook, "min-w-52")}>
        <ActionMenu label={label} actions={actions} />
      </AriaPopover>
    </MenuTrigger>
  );
}

/** The menu of a button that is one of many: made when it is wanted, beside its `anchor`. */
export function MenuAt(props: {
  anchor: Element | null;
  label: string;
  actions: Action[];
  onClose: () => void;
}) {
  const anchor = useRef<Element | null>(null);
  if (props.anchor) anchor.current = props.anchor;
  return (
    <AriaPopover
      triggerRef={anchor}
      aria-label={props.label}
      isOpen={props.anchor !== null}
      onOpenChange={(open) => !open && props.onClose()}
      placement="bottom end"
      offset={4}
      className={clsx(popoverLook, "min-w-52")}
    >
      <ActionMenu label={props.label} actions={props.actions} onClose={props.onClose} />
    </AriaPopover>
  );
}

function ActionMenu(props: { label: string; actions: Action[]; onClose?: () => void }) {
  const { label, actions, onClose } = props;
  return (
    <Menu
      aria-label={label}
      className="outline-none"
      {...(onClose ? { onClose, autoFocus: "first" as const } : {})}
      disabledKeys={actions.filter((a) => a.isDisabled).map((a) => a.id)}
      onAction={(key) => actions.find((a) => a.id === key)?.run()}
    >
      {groupsOf(actions).map((group) => {
        const [first] = group;
        const items = group.map(itemOf);
        return first.selected === undefined ? (
          <Fragment key={first.id}>{items}</Fragment>
        ) : (
          <MenuSection
            key={first.id}
            aria-label={first.choice ?? first.label}
            selectionMode={first.choice ? "single" : "multiple"}
            disallowEmptySelection={Boolean(first.choice)}
            selectedKeys={group.filter((a) => a.selected).map((a) => a.id)}
            shouldCloseOnSelect
          >
            {items}
          </MenuSection>
        );
      })}
    </Menu>
  );
}

type Group = [Action, ...Action[]];

/** Neighbours that are choices of the same, switches, or plain verbs. */
function groupsOf(actions: Action[]): Group[] {
  const groups: Group[] = [];
  for (const action of actions) {
    const group = groups.at(-1);
    const like = group?.[0];
    if (
      group &&
      like?.choice === action.choice &&
      (like?.selected === undefined) === (action.selected === undefined)
    )
      group.push(action);
    else groups.push([action]);
  }
  return groups;
}

const itemOf = (action: Action) => (
  <Fragment key={action.id}>
    {action.divided && <Separator className="my-1.5 h-px bg-line" />}
    <MenuItem
      id={action.id}
      textValue={action.label}
      className={clsx(optionLook, action.danger && "text-bad")}
    >
      {action.start ??
        (action.icon && (
          <action.icon
            size={16}
            aria-hidden="true"
            className={clsx(!action.danger && "text-ink-2")}
          />
        ))}
      <span className="min-w-0 grow">
        {action.description ? (
          <Text slot="label" className="block">
            {action.label}
          </Text>
        ) : (
          action.label
        )}
        {action.description && (
          <Text slot="description" className="block text-xs text-ink-2">
            {action.description}
          </Text>
        )}
      </span>
      {action.kbd && (
        <kbd dir="ltr" className="ms-4 font-sans text-2xs text-ink-3">
          {action.kbd}
        </kbd>
      )}
      {action.selected && <Check size={15} aria-hidden="true" className="text-accent-text" />}
    </MenuItem>
  </Fragment>
);
