import { Link } from "@tanstack/react-router";
import type { FlowRef } from "@wasl/api";
import { Fragment } from "react";
import { useKeyedName } from "./keyed-name.ts";

/** Flows, each leading to its drawing. */
export function FlowLinks({ flows }: { flows: readonly FlowRef[] }) {
  const named = useKeyedName();
  return flows.map((flow, n) => (
    <Fragment key={flow.id}>
      {n > 0 && " · "}
      <Link
        to="/flows/$"
        params={{ _splat: flow.id }}
        className="text-accent-text underline underline-offset-2"
      >
        <bdi>{named(flow)}</bdi>
      </Link>
    </Fragment>
  ));
}
