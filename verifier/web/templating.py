"""What templates may use: words for people, addresses of our own files; an unknown name is a fault."""

from typing import Final

from flask import Flask
from jinja2 import StrictUndefined

from verifier import wording
from verifier.web.own_files import own_file

WORDINGS: Final = (
    wording.dollars,
    wording.round_dollars,
    wording.percent,
    wording.us_day,
    wording.weekday_of,
    wording.us_moment,
    wording.us_day_of,
    wording.us_days,
    wording.plain,
    wording.listed,
    wording.counted,
    wording.how_long,
)


def register_templates(app: Flask) -> None:
    """Give the templates of *app* their filters; what a view forgot to pass is never drawn as nothing."""
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.jinja_env.filters.update({each.__name__: each for each in WORDINGS})
    app.jinja_env.globals["own_file"] = own_file
