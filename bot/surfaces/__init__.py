"""What to say where: the follow-up pull request, the check run, the comment, SARIF, JSON and the terminal."""
