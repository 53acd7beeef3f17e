import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../ground.ts";
import { type FlowLanguage, languageOf } from "./model/language.ts";

const NOTHING = languageOf({});

/** The flow language of this server; of one that is not read yet, nothing. */
export function useFlowLanguage(): FlowLanguage {
  const { data } = useQuery({
    queryKey: ["flow-schema"],
    queryFn: () => api.call("GET /flows/schema"),
    staleTime: Infinity,
  });
  return useMemo(() => (data ? languageOf(data) : NOTHING), [data]);
}
