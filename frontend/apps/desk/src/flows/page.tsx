import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useT } from "@wasl/i18n";
import { EmptyState } from "@wasl/ui";
import { Lock } from "lucide-react";
import { lazy, Suspense } from "react";
import { api } from "../ground.ts";
import { useMe } from "../me.ts";
import { Loaded } from "../settings/parts.tsx";
import { ARCHIVED, FlowList } from "./list.tsx";

const Builder = lazy(() => import("./builder/builder.tsx"));

const AutomationRuns = lazy(() => import("./runs/page.tsx"));

/** `/flows`, `/flows/archived`, `/flows/<id>` and `/flows/<id>/runs`. */
export function FlowsPage() {
  const t = useT();
  const { permissions } = useMe();
  const { _splat = "" } = useParams({ strict: false });
  if (!permissions.includes("flows.manage"))
    return <EmptyState icon={Lock} title={t("flows.not_yours")} />;
  const [id, part] = _splat.split("/");
  if (!id || id === ARCHIVED) return <FlowList archived={id === ARCHIVED} />;
  if (part === "runs")
    return (
      <Suspense>
        <AutomationRuns key={id} id={id} />
      </Suspense>
    );
  return <OneFlow key={id} id={id} />;
}

function OneFlow({ id }: { id: string }) {
  // what is drawn here is newer than what could be read again meanwhile
  const flow = useQuery({
    queryKey: ["flow", id],
    queryFn: () => api.call("GET /flows/{id}", { path: { id } }),
    staleTime: Infinity,
    gcTime: 0,
  });
  return (
    <div className="flex min-w-0 grow bg-canvas" data-pane tabIndex={-1}>
      <Loaded query={flow}>
        {(found) => (
          <Suspense>
            <Builder loaded={found} />
          </Suspense>
        )}
      </Loaded>
    </div>
  );
}
