import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { CannedResponse } from "@wasl/api";
import { isolate, useLocale, useT } from "@wasl/i18n";
import { Bidi, Button, cardLook, EmptyState, TextField, toast } from "@wasl/ui";
import { clsx } from "clsx";
import { MessageSquareQuote, Plus, Search, Trash2 } from "lucide-react";
import { useState } from "react";
import { Button as Press } from "react-aria-components";
import { useErrorToast } from "../errors.ts";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { EditDrawer } from "./edit-drawer.tsx";
import { FlowLinks } from "./flow-links.tsx";
import { NamesFields } from "./names-field.tsx";
import type { SectionProps } from "./page.tsx";
import { Loaded, SectionPage } from "./parts.tsx";
import { refresh } from "./queries.ts";

/** `/settings/canned`, `…/<response>` and `…/new`. */
export default function CannedPage({ rest }: SectionProps) {
  const t = useT();
  const navigate = useNavigate();
  const responses = useQuery({
    queryKey: ["canned-responses"],
    queryFn: () => api.call("GET /canned-responses"),
  });
  const [wanted, setWanted] = useState("");
  const [first] = rest;
  const open = (id: string) =>
    void navigate({ to: "/settings/$", params: { _splat: id ? `canned/${id}` : "canned" } });
  const response = responses.data?.find(({ id }) => id === first);
  const matches = (each: CannedResponse) =>
    `${each.short} ${each.title} ${Object.values(each.text).join(" ")}`
      .toLocaleLowerCase()
      .includes(wanted.trim().toLocaleLowerCase());

  return (
    <SectionPage
      title={t("settings.canned")}
      lead={t("settings.response.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => open("new")}>
          {t("settings.response.add")}
        </Button>
      }
      drawer={
        (response || first === "new") && (
          <ResponseDrawer
            key={response?.id ?? "new"}
            response={response ?? null}
            close={() => open("")}
          />
        )
      }
    >
      <Loaded query={responses}>
        {(found) =>
          found.length ? (
            <>
              <TextField
                label={t("settings.response.search")}
                hideLabel
                type="search"
                icon={Search}
                placeholder={t("settings.response.search")}
                value={wanted}
                onChange={setWanted}
                className="mb-3"
              />
              <ResponseList responses={found.filter(matches)} current={response?.id} open={open} />
            </>
          ) : (
            <EmptyState icon={MessageSquareQuote} title={t("settings.response.none")}>
              {t("settings.response.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
    </SectionPage>
  );
}

function ResponseList(props: {
  responses: CannedResponse[];
  current: string | undefined;
  open: (id: string) => void;
}) {
  const t = useT();
  const { language } = useLocale();
  if (!props.responses.length)
    return <p className="py-6 text-center text-ink-2">{t("settings.nothing_found")}</p>;
  return (
    <ul className={clsx(cardLook, "overflow-hidden")}>
      {props.responses.map((each) => (
        <li key={each.id} className="border-b border-line/70 last:border-0">
          <Press
            onPress={() => props.open(each.id)}
            aria-current={each.id === props.current ? "true" : undefined}
            className="flex w-full items-baseline gap-3 px-4 py-2.5 text-start -outline-offset-2 data-hovered:bg-sunken aria-[current]:bg-accent-soft!"
          >
            <bdi
              dir="ltr"
              className="max-w-32 shrink-0 truncate rounded-md bg-sunken px-1.5 text-[13px] font-medium text-accent-text"
            >
              /{each.short}
            </bdi>
            <span className="min-w-0 grow">
              <span dir="auto" className="bidi-line block truncate font-medium">
                {each.title}
              </span>
              <span dir="auto" className="bidi-line block truncate text-[13px] text-ink-2">
                <Bidi>{each.text[language] || each.text.en}</Bidi>
              </span>
            </span>
          </Press>
        </li>
      ))}
    </ul>
  );
}

const SHORT = /^[\p{L}\p{N}_-]+$/u;

function ResponseDrawer(props: { response: CannedResponse | null; close: () => void }) {
  const { response, close } = props;
  const t = useT();
  const failed = useErrorToast();
  const saved = {
    short: response?.short ?? "",
    title: response?.title ?? "",
    text: response?.text ?? { en: "", fa: "", ar: "" },
  };
  const [draft, setDraft] = useState(saved);
  const [checked, setChecked] = useState(false);
  const [dropped, setDropped] = useState(false);
  const set = (change: Partial<typeof saved>) => setDraft((d) => ({ ...d, ...change }));
  const texts = Object.values(draft.text).filter((text) => text.trim());
  const shortOk = SHORT.test(draft.short);

  const drop = async (known: CannedResponse) => {
    await api.call("DELETE /canned-responses/{id}", { path: { id: known.id } });
    await refresh("canned-responses");
    const { id: _id, ...body } = known;
    toast(t("settings.dropped", { name: isolate(known.title) }), {
      action: {
        label: t("settings.undo"),
        run: () =>
          void api
            .call("POST /canned-responses", { body })
            .then(() => refresh("canned-responses"), failed),
      },
    });
    setDropped(true);
    close();
  };

  return (
    <EditDrawer
      title={response ? response.title : t("settings.response.add")}
      changed={!dropped && JSON.stringify(draft) !== JSON.stringify(saved)}
      close={close}
      check={() => {
        setChecked(true);
        return Boolean(draft.title.trim()) && shortOk && texts.length > 0;
      }}
      save={async () => {
        if (response)
          await api.call("PATCH /canned-responses/{id}", {
            path: { id: response.id },
            body: draft,
          });
        else await api.call("POST /canned-responses", { body: draft });
        await refresh("canned-responses");
        return draft.title;
      }}
    >
      <TextField
        label={t("settings.response.title")}
        value={draft.title}
        onChange={(title) => set({ title })}
        error={checked && !draft.title.trim() ? t("settings.fault.required") : null}
        maxLength={120}
        isRequired
      />
      <TextField
        label={t("settings.response.short")}
        description={t("settings.response.short_help")}
        value={draft.short}
        onChange={(short) => set({ short: short.replace(/^\//, "") })}
        error={checked && !shortOk ? t("settings.response.short_wrong") : null}
        maxLength={40}
        isRequired
      />
      <NamesFields
        label={(language) => t("settings.response.text_in", { language })}
        value={draft.text}
        onChange={(text) => set({ text })}
        error={checked && !texts.length ? t("settings.response.text_missing") : null}
        maxLength={4000}
        rows={4}
      />
      {response && <SaidBy short={response.short} />}
      {response && (
        <div className="border-t border-line pt-4">
          <Button
            kind="danger-line"
            icon={Trash2}
            onPress={() => void drop(response).catch(failed)}
          >
            {t("common.delete")}
          </Button>
        </div>
      )}
    </EditDrawer>
  );
}

/** The flows that say it; nothing for those who don't draw flows. */
function SaidBy({ short }: { short: string }) {
  const t = useT();
  const { permissions } = useMe();
  const { data } = useQuery({
    queryKey: ["flows", "canned-responses"],
    queryFn: () => api.call("GET /flows/canned-responses"),
    enabled: permissions.includes("flows.manage"),
  });
  const flows = data?.items.find((each) => each.short === short)?.flows ?? [];
  if (!flows.length) return null;
  return (
    <p className="text-[13px] text-ink-2">
      {t("settings.response.said_by")} <FlowLinks flows={flows} />
    </p>
  );
}
