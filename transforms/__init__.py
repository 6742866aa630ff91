"""Find missing controls and write the patches that add them. Pure: text in, verdicts and patches out."""
