import { useQuery } from "@tanstack/react-query";
import type { Named } from "@wasl/api";
import { api } from "../../ground.ts";

const NONE: Named[] = [];

/** Outcome codes, as the administrators named them. */
export const useDispositions = (): Named[] =>
  useQuery({
    queryKey: ["dispositions"],
    queryFn: () => api.call("GET /dispositions"),
    staleTime: 600_000,
  }).data ?? NONE;

export const usePresenceReasons = (): Named[] =>
  useQuery({
    queryKey: ["presence-reasons"],
    queryFn: () => api.call("GET /presence-reasons"),
    staleTime: 600_000,
  }).data ?? NONE;
