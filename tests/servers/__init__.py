"""Servers on loopback for tests: OpenBao, the secret stores of the clouds, a Postgres that asks for passwords."""
