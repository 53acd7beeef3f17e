"""Channel kinds, one folder each. They import `channels` and `infra` only, never one another."""
