import { useQuery } from "@tanstack/react-query";
import type { Role } from "@wasl/api";

export interface Credentials {
  email: string;
  password: string;
}
interface DemoPerson extends Credentials {
  name: string;
  role: Role;
}

/** Only where the demo runs is there such a list; anywhere else nobody. */
async function fetchPeople(): Promise<DemoPerson[]> {
  const answer = await fetch("/demo/sign-ins");
  const json = answer.headers.get("Content-Type")?.startsWith("application/json");
  return answer.ok && json ? answer.json() : [];
}

/** The demo's people; none where this is no demo. */
export const useDemoPeople = () =>
  useQuery({
    queryKey: ["demo", "sign-ins"],
    queryFn: fetchPeople,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
