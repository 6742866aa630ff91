"""The real forges behind the port `bot.forge`: GitHub. Import a module of this package only where it is used."""
