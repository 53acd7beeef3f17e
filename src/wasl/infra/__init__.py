"""Ground that every feature stands on: settings, database, events, bus, timers, blobs, crypto.

Knows nothing about contacts, conversations or channels.
"""
