"""Web chat: a widget on the company's site, and the company's own apps by the same client API."""

from wasl.adapters.web_chat.adapter import WebChat

ADAPTER = WebChat()
