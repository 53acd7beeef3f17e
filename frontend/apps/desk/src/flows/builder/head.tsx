import { Link } from "@tanstack/react-router";
import { isolate, useFormat, useT } from "@wasl/i18n";
import { Button, IconButton, Pill, Popover } from "@wasl/ui";
import { clsx } from "clsx";
import {
  ArrowLeft,
  CircleAlert,
  CloudCheck,
  CloudUpload,
  Languages,
  OctagonAlert,
  Play,
  Redo2,
  Settings2,
  TriangleAlert,
  Undo2,
} from "lucide-react";
import { Button as Press } from "react-aria-components";
import { useErrorText, useErrorToast } from "../../errors.ts";
import { useLeading, useShopChannel } from "../leading.ts";
import { isUnsaid } from "../model/texts.ts";
import { TryAsVisitor } from "../try-as-visitor.tsx";
import type { Draft } from "../use-draft.ts";
import { Publish } from "../versions/publish.tsx";
import type { Words } from "../words.ts";
import { ProblemList } from "./problem-list.tsx";

/** What is drawn, what is wrong with it, whether it is saved, and what can be done with it. */
export function Head(props: {
  draft: Draft;
  words: Words;
  show: (id: string) => void;
  settings: () => void;
  simulating: boolean;
  simulate: () => void;
}) {
  const { draft, words } = props;
  const { t } = words;
  const { definition } = draft;
  const name = words.text(definition.name) || draft.flow.key;
  const shop = useShopChannel();
  const leading = useLeading(draft.flow);
  return (
    <header className="flex min-h-14 shrink-0 flex-wrap items-center gap-x-2.5 gap-y-1.5 border-b border-line bg-surface px-3 py-2">
      <Link
        to="/flows/$"
        params={{ _splat: "" }}
        aria-label={t("common.back")}
        className="grid size-8 shrink-0 place-items-center rounded-lg text-ink-2 hover:bg-sunken"
      >
        <ArrowLeft size={18} aria-hidden="true" className="icon-flip" />
      </Link>
      <h1 dir="auto" className="bidi-line min-w-0 truncate text-base font-semibold">
        {name}
      </h1>
      <IconButton
        icon={Settings2}
        label={t("flows.settings")}
        onPress={props.settings}
        className="-ms-1.5"
      />
      <Pill className="max-sm:hidden">
        {t("flows.steps", { n: Object.keys(definition.steps).length })}
      </Pill>
      <Problems draft={draft} words={words} show={props.show} settings={props.settings} />
      <Saved draft={draft} />
      <span className="grow" />
      <IconButton
        icon={Undo2}
        flip
        label={t("flows.undo")}
        kbd="Ctrl Z"
        isDisabled={!draft.undo}
        onPress={() => draft.undo?.()}
      />
      <IconButton
        icon={Redo2}
        flip
        label={t("flows.redo")}
        kbd="Ctrl Y"
        isDisabled={!draft.redo}
        onPress={() => draft.redo?.()}
      />
      <Button icon={Play} kbd="S" aria-pressed={props.simulating} onPress={props.simulate}>
        {t("flows.simulate")}
      </Button>
      {draft.flow.published !== null && shop && leading.includes(shop.id) && <TryAsVisitor />}
      <Publish draft={draft} words={words} show={props.show} settings={props.settings} />
    </header>
  );
}

/** Errors, texts that are missing and warnings, each leading to its step. */
function Problems(props: {
  draft: Draft;
  words: Words;
  show: (id: string) => void;
  settings: () => void;
}) {
  const { problems } = props.draft;
  const { t } = props.words;
  const errors = problems.filter((each) => !each.warning && !isUnsaid(each));
  const unsaid = problems.filter(isUnsaid);
  const warnings = problems.filter(({ warning }) => warning);
  if (problems.length === 0) return null;
  const look = "inline-flex h-6 items-center gap-1 rounded-md px-2 text-xs font-medium";
  return (
    <Popover
      label={t("flows.problems")}
      placement="bottom start"
      trigger={
        <Press className="flex gap-1.5">
          {errors.length > 0 && (
            <span className={clsx(look, "bg-ink text-surface")}>
              <OctagonAlert size={13} aria-hidden="true" />
              {t("flows.errors", { n: errors.length })}
            </span>
          )}
          {unsaid.length > 0 && (
            <span className={clsx(look, "border border-dashed border-line-strong")}>
              <Languages size={13} aria-hidden="true" />
              {t("flows.missing_texts", { n: unsaid.length })}
            </span>
          )}
          {warnings.length > 0 && (
            <span className={clsx(look, "border border-line text-ink-2")}>
              <TriangleAlert size={13} aria-hidden="true" />
              {t("flows.warnings", { n: warnings.length })}
            </span>
          )}
        </Press>
      }
      className="w-96 max-w-[calc(100vw-1.5rem)]"
    >
      {(close) => (
        <ProblemList
          problems={[...errors, ...unsaid, ...warnings]}
          words={props.words}
          show={(step) => {
            close();
            if (step === null) props.settings();
            else props.show(step);
          }}
        />
      )}
    </Popover>
  );
}

function Saved({ draft }: { draft: Draft }) {
  const t = useT();
  const format = useFormat();
  const text = useErrorText();
  const { saving } = draft;
  const bad = saving.kind === "failed" || saving.kind === "conflict";
  const Icon = bad ? CircleAlert : saving.kind === "saved" ? CloudCheck : CloudUpload;
  return (
    <span
      role="status"
      className={clsx("flex min-w-0 items-center gap-1 text-xs", bad ? "text-bad" : "text-ink-2")}
    >
      <Icon size={14} aria-hidden="true" className="shrink-0" />
      <span className="truncate max-sm:sr-only">
        {saving.kind === "saved"
          ? t("flows.saved", { time: isolate(format.time(saving.at)) })
          : saving.kind === "failed"
            ? t("flows.not_saved", { why: text(saving.error) })
            : t(`flows.saving.${saving.kind}`)}
      </span>
    </span>
  );
}

/** Somebody else saved this draft meanwhile: one of the two goes on. */
export function ConflictBar({ draft }: { draft: Draft }) {
  const t = useT();
  const failed = useErrorToast();
  if (draft.saving.kind !== "conflict") return null;
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-2 border-b border-line bg-bad-soft px-4 py-2 text-[13px]"
    >
      <CircleAlert size={16} aria-hidden="true" className="text-bad" />
      <span className="min-w-40 grow">{t("flows.conflict")}</span>
      <Button size="sm" onPress={() => void draft.takeTheirs().catch(failed)}>
        {t("flows.take_theirs")}
      </Button>
      <Button size="sm" onPress={draft.keepMine}>
        {t("flows.keep_mine")}
      </Button>
    </div>
  );
}
