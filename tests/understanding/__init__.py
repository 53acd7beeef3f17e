"""Understanding: which of several answers a sentence means."""
