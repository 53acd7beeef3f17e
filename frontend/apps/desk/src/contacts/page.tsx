import { useParams } from "@tanstack/react-router";
import { ContactPage } from "./contact.tsx";
import { ContactList } from "./list.tsx";

/** `/contacts` and `/contacts/<contact>`. */
export function ContactsPage() {
  const { _splat = "" } = useParams({ strict: false });
  const [id] = _splat.split("/").filter(Boolean);
  return id ? <ContactPage key={id} id={id} /> : <ContactList />;
}
