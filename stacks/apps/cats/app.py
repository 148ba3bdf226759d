"""A page that shows a random picture of a cat."""

import random
from pathlib import Path

from flask import Flask, render_template

app = Flask(__name__)

PICTURES = sorted(picture.name for picture in Path(app.static_folder, "cats").glob("*.svg"))


@app.get("/")
def index():
    return render_template("index.html", picture=random.choice(PICTURES))


@app.after_request
def never_cache_the_page(response):
    """Each visit draws again; the pictures themselves may be cached."""
    if response.mimetype == "text/html":
        response.headers["Cache-Control"] = "no-store"
    return response
