import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { PageFailed, PageMissing } from "./shell/page-states.tsx";
import { Shell } from "./shell/shell.tsx";

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
    throw redirect({ to: "/conversations" });
  },
});
const conversations = createRoute({
  getParentRoute: () => root,
  path: "/conversations",
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
/** Everything below /contacts and /settings is read by those pages themselves, from `_splat`. */
const contacts = createRoute({
  getParentRoute: () => root,
  path: "/contacts/$",
  component: lazyRouteComponent(() => import("./contacts/page.tsx"), "ContactsPage"),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings/$",
  component: lazyRouteComponent(() => import("./settings/page.tsx"), "SettingsPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    index,
    conversations.addChildren([conversation]),
    contacts,
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
