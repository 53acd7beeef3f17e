"""Wasl: the omnichannel contact centre that companies run themselves."""
