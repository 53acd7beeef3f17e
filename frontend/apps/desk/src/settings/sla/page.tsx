import { useNavigate } from "@tanstack/react-router";
import type { SlaPolicy } from "@wasl/api";
import { isolate, useT } from "@wasl/i18n";
import { Button, cardLook, EmptyState, IconButton, Pill } from "@wasl/ui";
import { clsx } from "clsx";
import { AlarmClockCheck, ArrowDown, ArrowUp, Flag, Plus, Tag } from "lucide-react";
import { Button as Press } from "react-aria-components";
import { useErrorToast } from "../../errors.ts";
import { api } from "../../ground.ts";
import { useNamed } from "../../names.ts";
import { useKindName } from "../channels/names.ts";
import type { SectionProps } from "../page.tsx";
import { Loaded, SectionPage } from "../parts.tsx";
import { refresh, useSlaPolicies } from "../queries.ts";
import { PolicyDrawer } from "./policy-drawer.tsx";
import { moved, TARGETS, UNIT_S, unitOf } from "./targets.ts";

/** `/settings/sla`, `…/<policy>` and `…/new`. */
export default function SlaPage({ rest }: SectionProps) {
  const t = useT();
  const navigate = useNavigate();
  const policies = useSlaPolicies();
  const [first] = rest;
  const open = (id: string) =>
    void navigate({ to: "/settings/$", params: { _splat: id ? `sla/${id}` : "sla" } });
  const policy = policies.data?.find(({ id }) => id === first);
  return (
    <SectionPage
      title={t("settings.sla")}
      lead={t("settings.sla.lead")}
      action={
        <Button kind="primary" icon={Plus} onPress={() => open("new")}>
          {t("settings.sla.add")}
        </Button>
      }
      drawer={
        (policy || first === "new") && (
          <PolicyDrawer
            key={policy?.id ?? "new"}
            policy={policy ?? null}
            order={(policies.data ?? []).map(({ id }) => id)}
            close={() => open("")}
          />
        )
      }
    >
      <Loaded query={policies}>
        {(found) =>
          found.length ? (
            <PolicyList policies={found} current={policy?.id} open={open} />
          ) : (
            <EmptyState icon={AlarmClockCheck} title={t("settings.sla.none")}>
              {t("settings.sla.none_text")}
            </EmptyState>
          )
        }
      </Loaded>
    </SectionPage>
  );
}

function PolicyList(props: {
  policies: SlaPolicy[];
  current: string | undefined;
  open: (id: string) => void;
}) {
  const t = useT();
  const named = useNamed();
  const failed = useErrorToast();
  const ids = props.policies.map(({ id }) => id);
  const put = (order: string[]) =>
    void api
      .call("PUT /sla-policies/order", { body: order })
      .then(() => refresh("sla-policies"), failed);
  return (
    <ol className={clsx(cardLook, "overflow-hidden")}>
      {props.policies.map((policy, index) => {
        const name = isolate(named(policy.names));
        return (
          <li
            key={policy.id}
            className="flex items-center gap-1 border-b border-line/70 pe-2 has-aria-[current]:bg-accent-soft"
          >
            <Press
              onPress={() => props.open(policy.id)}
              aria-current={policy.id === props.current ? "true" : undefined}
              className="min-w-0 grow px-4 py-2.5 text-start -outline-offset-2 data-hovered:bg-sunken aria-[current]:bg-transparent!"
            >
              <span dir="auto" className="bidi-line block truncate font-medium">
                {named(policy.names)}
              </span>
              <Covers policy={policy} />
              <Reached policy={policy} />
            </Press>
            <IconButton
              icon={ArrowUp}
              label={t("settings.sla.earlier", { name })}
              isDisabled={index === 0}
              onPress={() => put(moved(ids, index, -1))}
            />
            <IconButton
              icon={ArrowDown}
              label={t("settings.sla.later", { name })}
              isDisabled={index === ids.length - 1}
              onPress={() => put(moved(ids, index, 1))}
            />
          </li>
        );
      })}
      <li className="px-4 py-2.5">
        <span className="block font-medium text-ink-2">{t("settings.sla.else")}</span>
        <span className="block text-[13px] text-ink-2">{t("settings.sla.else_text")}</span>
      </li>
    </ol>
  );
}

/** Which interactions it is for. */
function Covers({ policy }: { policy: SlaPolicy }) {
  const t = useT();
  const kindName = useKindName();
  const { priorities, kinds, tags } = policy;
  const all = !priorities.length && !kinds.length && !tags.length;
  return (
    <span className="my-1 flex flex-wrap gap-1">
      {all && <Pill>{t("settings.sla.everything")}</Pill>}
      {priorities.map((priority) => (
        <Pill key={priority} icon={Flag}>
          {t(`desk.priority_${priority}`)}
        </Pill>
      ))}
      {kinds.map((kind) => (
        <Pill key={kind}>{kindName(kind)}</Pill>
      ))}
      {tags.map((tag) => (
        <Pill key={tag} icon={Tag}>
          <bdi>{tag}</bdi>
        </Pill>
      ))}
    </span>
  );
}

/** What it asks for. */
function Reached({ policy }: { policy: SlaPolicy }) {
  const t = useT();
  return (
    <span className="flex flex-wrap gap-x-4 text-[13px] text-ink-2">
      {TARGETS.map((target) => {
        const seconds = policy[`${target}_s`];
        if (seconds === null) return null;
        const unit = unitOf(seconds);
        return (
          <span key={target}>
            {t("settings.sla.in", {
              target: t(`settings.sla.${target}`),
              time: t(`common.span_${unit}`, { n: seconds / UNIT_S[unit] }),
            })}
          </span>
        );
      })}
    </span>
  );
}
