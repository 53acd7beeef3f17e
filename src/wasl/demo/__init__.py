"""The demo company Naranj: who works there, and how its weeks of history are made."""

from wasl.demo.company import COLLEAGUES, PASSWORD

SIGN_INS = [(person.email, PASSWORD, person.role) for person in COLLEAGUES]

__all__ = ["SIGN_INS"]
