"""One file for each vendor: what its key looks like, which call takes it, how to rotate and revoke it."""
