"""E-mail: mailboxes fetched by IMAP, mail received by SMTP or LMTP, replies sent by SMTP.

`ADAPTER` is the channel kind. The process that receives mail itself also enters
`ADAPTER.receive_mail(host, smtp=(host, port), lmtp=(host, port))`.
"""

from wasl.adapters.email.adapter import EmailAdapter
from wasl.adapters.email.config import Config

ADAPTER = EmailAdapter()

__all__ = ["ADAPTER", "Config", "EmailAdapter"]
