import { useQuery } from "@tanstack/react-query";
import { api, queryClient } from "../ground.ts";

export const useChannels = () =>
  useQuery({ queryKey: ["channels"], queryFn: () => api.call("GET /channels") });
export const useChannelKinds = () =>
  useQuery({
    queryKey: ["channel-kinds"],
    queryFn: () => api.call("GET /channel-kinds"),
    staleTime: Infinity,
  });
export const useQueues = () =>
  useQuery({ queryKey: ["queues"], queryFn: () => api.call("GET /queues") });
export const useSlaPolicies = () =>
  useQuery({ queryKey: ["sla-policies"], queryFn: () => api.call("GET /sla-policies") });
export const useUsers = () =>
  useQuery({ queryKey: ["users"], queryFn: () => api.call("GET /users") });
export const useAgents = (enabled: boolean) =>
  useQuery({ queryKey: ["agents"], queryFn: () => api.call("GET /agents"), enabled });
export const useCalendars = (enabled = true) =>
  useQuery({ queryKey: ["calendars"], queryFn: () => api.call("GET /calendars"), enabled });
export const useRecordKinds = (enabled = true) =>
  useQuery({ queryKey: ["records"], queryFn: () => api.call("GET /records"), enabled });

/** What was read under this name is old now. */
export const refresh = (name: string) => queryClient.invalidateQueries({ queryKey: [name] });
