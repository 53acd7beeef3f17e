import { clsx } from "clsx";
import { Check, ChevronDown, CircleAlert, type LucideIcon } from "lucide-react";
import type { ReactNode, Ref } from "react";
import {
  Checkbox as AriaCheckbox,
  Select as AriaSelect,
  Switch as AriaSwitch,
  TextField as AriaTextField,
  Button,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  Text,
  TextArea,
} from "react-aria-components";

export const labelLook = "mb-1 block text-[13px] font-medium text-ink";
export const fieldLook =
  "flex w-full items-center gap-2 rounded-lg border border-line-strong bg-surface text-sm transition-shadow duration-120 focus-within:border-accent focus-within:ring-3 focus-within:ring-accent/20 has-[[data-invalid]]:border-bad has-[:disabled]:bg-sunken";
export const popoverLook =
  "animate-rise overflow-auto rounded-xl border border-line bg-surface p-1.5 shadow-pop outline-none";
export const optionLook =
  "flex items-center gap-2.5 rounded-lg px-2 py-1.5 text-sm outline-none select-none data-focused:bg-sunken data-hovered:bg-sunken data-selected:bg-accent-soft data-disabled:text-ink-3 data-focus-visible:ring-2 data-focus-visible:ring-inset data-focus-visible:ring-(--ring)";

function FieldNotes({ description }: { description?: ReactNode }) {
  return (
    <>
      {description && (
        <Text slot="description" className="mt-1 block text-xs text-ink-2">
          {description}
        </Text>
      )}
      <FieldError className="mt-1 flex items-center gap-1 text-xs text-bad">
        {({ validationErrors }) => (
          <>
            <CircleAlert size={13} aria-hidden="true" className="shrink-0" />
            <span>{validationErrors.join(" ")}</span>
          </>
        )}
      </FieldError>
    </>
  );
}

interface TextFieldProps {
  label: string;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  value: string;
  onChange: (value: string) => void;
  description?: ReactNode;
  error?: string | null;
  icon?: LucideIcon;
  /** Stands at the end, inside the field. */
  end?: ReactNode;
  /** Beside the label, at the end. */
  aside?: ReactNode;
  type?: "text" | "email" | "password" | "tel" | "url" | "number" | "search";
  /** An address or a code: left-to-right inside, aligned with its row. */
  ltr?: boolean;
  rows?: number;
  placeholder?: string;
  autoComplete?: string;
  autoFocus?: boolean;
  isRequired?: boolean;
  isDisabled?: boolean;
  maxLength?: number;
  name?: string;
  className?: string;
  inputRef?: Ref<HTMLInputElement>;
}

export function TextField(props: TextFieldProps) {
  const {
    label,
    hideLabel,
    description,
    error,
    icon: Icon,
    end,
    aside,
    ltr,
    rows,
    placeholder,
    className,
    inputRef,
    ...rest
  } = props;
  // An empty "auto" field would point left in a right-to-left page: until it is written in, it inherits.
  const direction = ltr ? "ltr" : rest.value ? "auto" : undefined;
  const look = clsx(
    "min-w-0 grow bg-transparent outline-none!",
    ltr && "bidi-line",
    rows ? "resize-y px-3 py-2" : "h-8.5 px-3",
    Icon && "ps-0",
  );
  return (
    <AriaTextField {...rest} isInvalid={Boolean(error)} className={className ?? ""}>
      <span className={clsx("flex items-baseline justify-between gap-2", hideLabel && "sr-only")}>
        <Label className={labelLook}>{label}</Label>
        {aside}
      </span>
      <div className={fieldLook}>
        {Icon && <Icon size={16} aria-hidden="true" className="ms-3 shrink-0 text-ink-3" />}
        {rows ? (
          <TextArea rows={rows} placeholder={placeholder} dir={direction} className={look} />
        ) : (
          <Input ref={inputRef} placeholder={placeholder} dir={direction} className={look} />
        )}
        {end}
      </div>
      {description && !error && (
        <Text slot="description" className="mt-1 block text-xs text-ink-2">
          {description}
        </Text>
      )}
      {error && (
        <FieldError className="mt-1 flex items-start gap-1 text-xs text-bad">
          <CircleAlert size={13} aria-hidden="true" className="mt-0.5 shrink-0" />
          <span>{error}</span>
        </FieldError>
      )}
    </AriaTextField>
  );
}

export interface Choice {
  id: string;
  label: string;
  description?: string;
  /** Decorative. */
  start?: ReactNode;
}
interface SelectProps {
  label: string;
  hideLabel?: boolean;
  items: Choice[];
  value: string | null;
  onChange: (id: string) => void;
  description?: ReactNode;
  placeholder?: string;
  isDisabled?: boolean;
  isRequired?: boolean;
  className?: string;
}

export function Select(props: SelectProps) {
  const { label, hideLabel, items, value, onChange, description, placeholder, className, ...rest } =
    props;
  return (
    <AriaSelect
      {...rest}
      className={className ?? ""}
      selectedKey={value}
      onSelectionChange={(key) => key !== null && onChange(String(key))}
      placeholder={placeholder}
    >
      <Label className={clsx(labelLook, hideLabel && "sr-only")}>{label}</Label>
      <Button
        className={clsx(
          fieldLook,
          "h-9 px-3 data-focus-visible:border-accent data-disabled:text-ink-3",
        )}
      >
        <SelectValue className="flex min-w-0 grow items-center gap-2 truncate text-start data-placeholder:text-ink-3 [&_[slot=description]]:hidden" />
        <ChevronDown size={15} aria-hidden="true" className="shrink-0 text-ink-2" />
      </Button>
      <FieldNotes description={description} />
      <Popover offset={4} className={clsx(popoverLook, "min-w-(--trigger-width) max-h-80")}>
        <ListBox items={items} className="outline-none">
          {(item) => (
            <ListBoxItem id={item.id} textValue={item.label} className={optionLook}>
              {({ isSelected }) => (
                <>
                  {item.start}
                  <span className="min-w-0 grow">
                    <Text slot="label" className="block truncate">
                      {item.label}
                    </Text>
                    {item.description && (
                      <Text slot="description" className="block text-xs text-ink-2">
                        {item.description}
                      </Text>
                    )}
                  </span>
                  {isSelected && (
                    <Check size={15} aria-hidden="true" className="text-accent-text" />
                  )}
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

// The real input is hidden at an absolute place: held in its own row, or focusing it would scroll a
// page that cannot be scrolled back.
const toggleLook = "group relative flex items-center text-sm select-none";

interface ToggleProps {
  children: ReactNode;
  isSelected: boolean;
  onChange: (on: boolean) => void;
  isDisabled?: boolean;
  className?: string;
}

export function Checkbox({ children, className, ...rest }: ToggleProps) {
  return (
    <AriaCheckbox {...rest} className={clsx(toggleLook, "gap-2", className)}>
      <span className="grid size-4.5 shrink-0 place-items-center rounded-[5px] border border-line-strong bg-surface text-accent-ink group-data-selected:border-accent group-data-selected:bg-accent group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-(--ring)">
        <Check
          size={13}
          strokeWidth={3}
          aria-hidden="true"
          className="opacity-0 group-data-selected:opacity-100"
        />
      </span>
      {children}
    </AriaCheckbox>
  );
}

export function Switch({ children, className, ...rest }: ToggleProps) {
  return (
    <AriaSwitch {...rest} className={clsx(toggleLook, "gap-2.5", className)}>
      <span className="flex h-5 w-9 shrink-0 items-center rounded-full bg-line-strong p-0.5 transition-colors duration-120 group-data-selected:bg-accent group-data-disabled:opacity-50 group-data-focus-visible:outline-2 group-data-focus-visible:outline-offset-2 group-data-focus-visible:outline-(--ring)">
        <span className="size-4 rounded-full bg-white transition-[margin] duration-120 group-data-selected:ms-4" />
      </span>
      {children}
    </AriaSwitch>
  );
}
