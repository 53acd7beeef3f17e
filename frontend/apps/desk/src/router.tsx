import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import type { View } from "@wasl/api";
import { allTexts } from "./preferences.tsx";
import { PageFailed, PageMissing } from "./shell/page-states.tsx";
import { Shell } from "./shell/shell.tsx";

const VIEWS: View[] = ["mine", "unassigned", "all", "pending", "snoozed", "resolved", "spam"];

/** Pages are chunks of their own; the shell stays while they come and go. */
const root = createRootRoute({
  component: Shell,
  errorComponent: PageFailed,
  notFoundComponent: PageMissing,
});

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/conversations", search: { view: "mine" } });
  },
});
const conversations = createRoute({
  getParentRoute: () => root,
  path: "/conversations",
  validateSearch: (search): { view: View } => ({
    view: VIEWS.includes(search.view as View) ? (search.view as View) : "mine",
  }),
  component: lazyRouteComponent(() => import("./conversations/page.tsx"), "ConversationsPage"),
});
const conversation = createRoute({
  getParentRoute: () => conversations,
  path: "$id",
  component: lazyRouteComponent(
    () => import("./conversations/conversation.tsx"),
    "ConversationPage",
  ),
});
const wallboard = createRoute({
  getParentRoute: () => root,
  path: "/wallboard",
  component: lazyRouteComponent(
    () => allTexts.then(() => import("./wallboard/page.tsx")),
    "WallboardPage",
  ),
});
/** Which conversations are read along: their ids with commas between. */
const monitor = createRoute({
  getParentRoute: () => root,
  path: "/monitor",
  validateSearch: (search): { open: string } => ({
    open: typeof search.open === "string" ? search.open : "",
  }),
  component: lazyRouteComponent(
    () => allTexts.then(() => import("./monitor/page.tsx")),
    "MonitorPage",
  ),
});
const simulation = createRoute({
  getParentRoute: () => root,
  path: "/simulation",
  component: lazyRouteComponent(
    () => allTexts.then(() => import("./simulation/page.tsx")),
    "SimulationPage",
  ),
});
/** Everything below /flows, /contacts and /settings is read by those pages themselves, from `_splat`. */
const flows = createRoute({
  getParentRoute: () => root,
  path: "/flows/$",
  component: lazyRouteComponent(() => allTexts.then(() => import("./flows/page.tsx")), "FlowsPage"),
});
const contacts = createRoute({
  getParentRoute: () => root,
  path: "/contacts/$",
  component: lazyRouteComponent(
    () => allTexts.then(() => import("./contacts/page.tsx")),
    "ContactsPage",
  ),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings/$",
  component: lazyRouteComponent(
    () => allTexts.then(() => import("./settings/page.tsx")),
    "SettingsPage",
  ),
});

export const router = createRouter({
  routeTree: root.addChildren([
    index,
    conversations.addChildren([conversation]),
    contacts,
    wallboard,
    monitor,
    simulation,
    flows,
    settings,
  ]),
  basepath: "/desk",
  defaultPreload: "intent",
  defaultErrorComponent: PageFailed,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
