"""The generic channel: a company's own system by signed JSON over HTTP.

`main` says by `ADAPTER.private_urls` whether deliveries may go into the private network.
"""

from wasl.adapters.api.adapter import ApiAdapter
from wasl.adapters.api.config import Config

ADAPTER = ApiAdapter()

__all__ = ["ADAPTER", "ApiAdapter", "Config"]
