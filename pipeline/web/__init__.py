"""The JSON API and the server-rendered pages; `pipeline.web.app:create` makes the application."""
