import { isolate, LANGUAGE_NAMES, type Language } from "@wasl/i18n";
import { Button, Dialog, Select, toast } from "@wasl/ui";
import { History } from "lucide-react";
import { useState } from "react";
import { useErrorText } from "../../errors.ts";
import { api, queryClient } from "../../ground.ts";
import { Failure } from "../../settings/parts.tsx";
import { type Change, difference, isSame } from "../model/difference.ts";
import type { Draft } from "../use-draft.ts";
import { useFlowLanguage } from "../use-language.ts";
import type { Words } from "../words.ts";
import { useVersion } from "./use-heat.ts";
import { useWhen } from "./when.ts";

const DRAFT = "draft";

/** A version beside the draft or beside another version, step by step and field by field; an old
 * one can go live again. */
export function Compare(props: {
  draft: Draft;
  words: Words;
  number: number;
  choose: (number: number) => void;
  close: () => void;
}) {
  const { draft, words, number } = props;
  const { t } = words;
  const when = useWhen(props.draft.flow.versions);
  const text = useErrorText();
  const { flow, definition } = draft;
  const [other, setOther] = useState<string>(DRAFT);
  const before = useVersion(flow.id, number);
  const against = useVersion(flow.id, other === DRAFT ? null : Number(other));
  const after = other === DRAFT ? definition : against.data;
  const language = useFlowLanguage();
  const found =
    before.data && after && language.known ? difference(before.data, after, language) : null;
  const [failure, setFailure] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const versions = flow.versions.map((one) => ({
    id: String(one.number),
    label: t("flows.version_by", {
      n: one.number,
      day: isolate(when(one.published_at)),
      who: isolate(one.published_by_name || t("common.someone")),
    }),
  }));
  const restore = async () => {
    setBusy(true);
    try {
      await draft.save();
      const answer = await api.call("POST /flows/{id}/publish", {
        path: { id: flow.id },
        body: { version: draft.version(), restore: number },
      });
      draft.take(answer);
      toast(t("flows.is_live_again", { was: number, n: answer.published ?? 0 }));
      void queryClient.invalidateQueries({ queryKey: ["flows"] });
      props.close();
    } catch (error) {
      setFailure(text(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t("flows.compare_title")}
      isOpen
      onClose={props.close}
      width={720}
      footer={
        <>
          <Button onPress={props.close}>{t("common.close")}</Button>
          {number !== flow.published && (
            <Button kind="primary" icon={History} isPending={busy} onPress={() => void restore()}>
              {t("flows.restore", { n: number })}
            </Button>
          )}
        </>
      }
    >
      <div className="mb-3 grid gap-3 sm:grid-cols-2">
        <Select
          label={t("flows.before")}
          items={versions}
          value={String(number)}
          onChange={(id) => props.choose(Number(id))}
        />
        <Select
          label={t("flows.after")}
          items={[{ id: DRAFT, label: t("flows.draft") }, ...versions]}
          value={other}
          onChange={setOther}
        />
      </div>
      {failure && <Failure className="mb-3">{failure}</Failure>}
      {found && isSame(found) && <p className="text-[13px] text-ink-2">{t("flows.same")}</p>}
      {found && !isSame(found) && (
        <div className="grid gap-3">
          <Changes title={t("flows.whole")} changes={found.flow} words={words} />
          {found.added.map((id) => (
            <StepLine key={id} sign="+" id={id} said={t("flows.was_added")} />
          ))}
          {found.removed.map((id) => (
            <StepLine key={id} sign="−" id={id} said={t("flows.was_removed")} />
          ))}
          {found.changed.map(({ step, changes }) => (
            <Changes key={step} title={words.stepName(step)} changes={changes} words={words} />
          ))}
        </div>
      )}
    </Dialog>
  );
}

function StepLine({ sign, id, said }: { sign: string; id: string; said: string }) {
  return (
    <p className="flex items-center gap-2 rounded-lg border border-line px-3 py-2 text-[13px]">
      <span aria-hidden="true" className="font-semibold">
        {sign}
      </span>
      <code className="font-medium">{id}</code>
      <span className="text-ink-2">{said}</span>
    </p>
  );
}

function Changes({ title, changes, words }: { title: string; changes: Change[]; words: Words }) {
  if (changes.length === 0) return null;
  return (
    <section className="overflow-hidden rounded-lg border border-line">
      <h3 className="border-b border-line bg-sunken px-3 py-1.5 text-[13px] font-semibold">
        {title}
      </h3>
      <dl className="divide-y divide-line/70">
        {changes.map(({ path, before, after }) => (
          <div key={path} className="grid gap-1 px-3 py-2 text-[13px] sm:grid-cols-[9rem_1fr]">
            <dt className="text-ink-2">
              <PathName path={path} words={words} />
            </dt>
            <dd className="min-w-0">
              {before && (
                <del dir="auto" className="bidi-line block text-ink-2 wrap-anywhere">
                  {before}
                </del>
              )}
              {after && (
                <ins
                  dir="auto"
                  className="bidi-line block rounded bg-accent-soft px-1 no-underline wrap-anywhere"
                >
                  {after}
                </ins>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** "entries.0.label.fa" in words. */
function PathName({ path, words }: { path: string; words: Words }) {
  const said = path.split(".").map((part) => {
    if (/^\d+$/.test(part)) return words.t("flows.line.number", { n: Number(part) + 1 });
    if (part in LANGUAGE_NAMES) return LANGUAGE_NAMES[part as Language];
    return words.maybe(`flows.field.${part}`, words.maybe(`flows.exit.${part}`, part));
  });
  return said.map(isolate).join(" · ");
}
