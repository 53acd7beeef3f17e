import type { UseInfiniteQueryResult, UseQueryResult } from "@tanstack/react-query";
import { Link, useBlocker } from "@tanstack/react-router";
import { useT } from "@wasl/i18n";
import {
  Button,
  cardLook,
  Dialog,
  EmptyState,
  fieldLook,
  IconButton,
  Loading,
  labelLook,
  Skeleton,
  toast,
} from "@wasl/ui";
import { clsx } from "clsx";
import { ArrowLeft, CircleAlert, Copy, Minus, Plus, RefreshCw, TriangleAlert } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import {
  NumberField as AriaNumberField,
  FieldError,
  Group,
  I18nProvider,
  Input,
  Label,
  Button as StepButton,
  Text,
} from "react-aria-components";
import { useErrorText } from "../errors.ts";

/** A section: title, one line about it, what can be added; gives way to its drawer on a phone. */
export function SectionPage(props: {
  title: string;
  lead?: ReactNode;
  action?: ReactNode;
  drawer?: ReactNode;
  /** Below `/settings/`: what this is a page of, when it is no section itself. */
  back?: string;
  children: ReactNode;
}) {
  const t = useT();
  const main = useRef<HTMLElement>(null);
  const isBelow = props.back !== undefined;
  useEffect(() => {
    // the button that led here is gone, and the focus with it
    if (isBelow && document.activeElement === document.body) main.current?.focus();
  }, [isBelow]);
  return (
    <>
      <main
        ref={main}
        tabIndex={-1}
        className={clsx(
          "relative min-w-0 overflow-y-auto outline-none! md:p-5",
          props.drawer ? "max-xl:w-0 max-xl:p-0! xl:grow" : "grow p-4",
        )}
      >
        {props.drawer && <h1 className="sr-only xl:hidden">{props.title}</h1>}
        <div
          className={clsx(
            "mx-auto min-h-full max-w-4xl flex-col",
            props.drawer ? "hidden xl:flex" : "flex",
          )}
        >
          <header className="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2">
            <Link
              to="/settings/$"
              params={{ _splat: props.back ?? "" }}
              aria-label={t("common.back")}
              className={clsx(
                "-ms-1 grid size-8 place-items-center rounded-lg text-ink-2 hover:bg-sunken",
                !isBelow && "md:hidden",
              )}
            >
              <ArrowLeft size={18} aria-hidden="true" className="icon-flip" />
            </Link>
            <div className="min-w-40 grow basis-0">
              <h1 className="text-lg leading-7 font-semibold">{props.title}</h1>
              {props.lead && <p className="text-[13px] text-ink-2">{props.lead}</p>}
            </div>
            {props.action}
          </header>
          {props.children}
        </div>
      </main>
      {props.drawer}
    </>
  );
}

export function Card(props: { title?: string; action?: ReactNode; children: ReactNode }) {
  return (
    <section className={clsx(cardLook, "mb-4 overflow-hidden")}>
      {props.title && (
        <header className="flex min-h-11 items-center gap-2 border-b border-line px-4 py-1.5">
          <h2 className="grow text-sm font-semibold">{props.title}</h2>
          {props.action}
        </header>
      )}
      {props.children}
    </section>
  );
}

/** What a question answered, or that it is still asked, or that it failed. */
export function Loaded<T>(props: {
  query: UseQueryResult<T> | UseInfiniteQueryResult<T>;
  rows?: number;
  children: (data: T) => ReactNode;
}) {
  const t = useT();
  const text = useErrorText();
  const { query, rows = 4 } = props;
  if (query.data !== undefined) return props.children(query.data);
  if (query.isError)
    return (
      <EmptyState
        icon={TriangleAlert}
        tone="bad"
        title={t("shell.page_failed")}
        actions={
          <Button kind="primary" icon={RefreshCw} onPress={() => void query.refetch()}>
            {t("common.retry")}
          </Button>
        }
      >
        {text(query.error)}
      </EmptyState>
    );
  return (
    <Loading label={t("common.loading")}>
      <SkeletonRows rows={rows} />
    </Loading>
  );
}

export function SkeletonRows({ rows }: { rows: number }) {
  return (
    <div className={clsx(cardLook, "divide-y divide-line/70")}>
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className="flex h-14 items-center gap-3 px-4">
          <Skeleton className="size-7" />
          <span className="grow space-y-2">
            <Skeleton className="h-2.5 w-1/3" />
            <Skeleton className="h-2 w-1/5" />
          </span>
          <Skeleton className="h-2.5 w-12" />
        </div>
      ))}
    </div>
  );
}

/** A question before something that can't be taken back. `run` may fail; the question then stays. */
export function Ask(props: {
  title: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  other?: ReactNode;
  isOpen: boolean;
  onClose: () => void;
  run: () => Promise<unknown> | undefined;
}) {
  const t = useT();
  const text = useErrorText();
  const [state, setState] = useState<{ busy?: boolean; error?: string }>({});
  const close = () => {
    setState({});
    props.onClose();
  };
  const act = async () => {
    setState({ busy: true });
    try {
      await props.run();
      close();
    } catch (error) {
      setState({ error: text(error) });
    }
  };
  return (
    <Dialog
      title={props.title}
      isOpen={props.isOpen}
      onClose={close}
      footer={
        <>
          <Button onPress={close}>{t("common.cancel")}</Button>
          {props.other}
          <Button
            kind={props.danger ? "danger" : "primary"}
            isPending={state.busy ?? false}
            onPress={() => void act()}
          >
            {props.action}
          </Button>
        </>
      }
    >
      <div className="text-sm text-ink-2">{props.children}</div>
      {state.error && <Failure className="mt-3">{state.error}</Failure>}
    </Dialog>
  );
}

/** Going away while something is not saved asks first; `release` lets the next step go. */
export function useLeaveGuard(changed: boolean) {
  const t = useT();
  const released = useRef(false);
  const holds = () => changed && !released.current;
  const blocker = useBlocker({
    shouldBlockFn: holds,
    enableBeforeUnload: holds,
    withResolver: true,
  });
  return {
    release: () => {
      released.current = true;
    },
    question: (
      <Ask
        title={t("settings.leave_title")}
        action={t("settings.leave")}
        danger
        isOpen={blocker.status === "blocked"}
        onClose={() => blocker.reset?.()}
        run={async () => blocker.proceed?.()}
      >
        {t("settings.leave_text")}
      </Ask>
    ),
  };
}

export function Failure({ children, className }: { children: ReactNode; className?: string }) {
  return (
    <p
      role="alert"
      className={clsx(
        "flex items-start gap-2 rounded-lg bg-bad-soft px-3 py-2 text-[13px] text-bad",
        className,
      )}
    >
      <CircleAlert size={15} aria-hidden="true" className="mt-0.5 shrink-0" />
      <span className="min-w-0">{children}</span>
    </p>
  );
}

/** Something to take elsewhere, in one line or as a block. */
export function CopyText(props: { label: string; text: string; block?: boolean }) {
  const t = useT();
  const copy = async () => {
    await navigator.clipboard.writeText(props.text);
    toast(t("common.copied"));
  };
  return (
    <div
      dir="ltr"
      className={clsx(
        "flex gap-1 rounded-lg border border-line bg-surface ps-2.5 pe-1",
        props.block ? "items-start py-1.5" : "h-8 items-center",
      )}
    >
      {props.block ? (
        <pre className="min-w-0 grow py-0.5 text-xs leading-5 wrap-anywhere whitespace-pre-wrap">
          {props.text}
        </pre>
      ) : (
        <code className="min-w-0 grow truncate text-xs">{props.text}</code>
      )}
      <IconButton
        icon={Copy}
        size="sm"
        label={`${t("common.copy")}: ${props.label}`}
        onPress={() => void copy()}
      />
    </div>
  );
}

/** A number with its unit. `plain` writes it in Latin digits without grouping: ports, codes. */
export function NumberField(props: {
  label: string;
  value: number | null;
  onChange: (value: number | null) => void;
  min?: number | undefined;
  max?: number | undefined;
  unit?: string;
  plain?: boolean;
  steps?: boolean;
  decimals?: number;
  description?: ReactNode;
  error?: string | null;
  className?: string;
}) {
  const t = useT();
  const unit = useId();
  const field = (
    <AriaNumberField
      value={props.value ?? Number.NaN}
      onChange={(value) => props.onChange(Number.isNaN(value) ? null : value)}
      minValue={props.min}
      maxValue={props.max}
      isInvalid={Boolean(props.error)}
      aria-describedby={props.unit ? unit : undefined}
      formatOptions={{ useGrouping: !props.plain, maximumFractionDigits: props.decimals ?? 0 }}
      className={props.className ?? ""}
    >
      <Label className={labelLook}>{props.label}</Label>
      <Group className={fieldLook}>
        <Input className="num h-8.5 w-0 min-w-0 grow bg-transparent px-3 outline-none!" />
        {props.unit && (
          <span id={unit} className="shrink-0 pe-3 text-xs text-ink-3">
            {props.unit}
          </span>
        )}
        {props.steps && (
          <span className="flex pe-1">
            <StepButton
              slot="decrement"
              aria-label={t("settings.less")}
              className="grid size-7 place-items-center rounded-md text-ink-2 data-disabled:opacity-40 data-hovered:bg-sunken"
            >
              <Minus size={15} aria-hidden="true" />
            </StepButton>
            <StepButton
              slot="increment"
              aria-label={t("settings.greater")}
              className="grid size-7 place-items-center rounded-md text-ink-2 data-disabled:opacity-40 data-hovered:bg-sunken"
            >
              <Plus size={15} aria-hidden="true" />
            </StepButton>
          </span>
        )}
      </Group>
      {props.description && !props.error && (
        <Text slot="description" className="mt-1 block text-xs text-ink-2">
          {props.description}
        </Text>
      )}
      {props.error && (
        <FieldError className="mt-1 flex items-start gap-1 text-xs text-bad">
          <CircleAlert size={13} aria-hidden="true" className="mt-0.5 shrink-0" />
          <span>{props.error}</span>
        </FieldError>
      )}
    </AriaNumberField>
  );
  return props.plain ? <I18nProvider locale="en-GB">{field}</I18nProvider> : field;
}
