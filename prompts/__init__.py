"""One Markdown file for each question put to a model; `bot.agent.prompts` reads and checks them."""
