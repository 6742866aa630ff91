"""One file for each broker: how a secret is asked for."""
