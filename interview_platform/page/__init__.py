"""The web client at `/`: one page, whose modules in `static/page/` use the API as any client does."""
