"""One file for each command of `tenon`: its docstring is its help, `configure` its options, `run` its work."""
