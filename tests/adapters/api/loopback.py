"""The API channel as a kind whose deliveries may go to loopback."""

from wasl.adapters.api import ApiAdapter

ADAPTER = ApiAdapter(private_urls=True)
