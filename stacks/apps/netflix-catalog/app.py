"""The movie catalogue: an HTTP API over two small lists, kept in memory."""

import json
import math
import random
from pathlib import Path

from flask import Flask, abort, jsonify, request
from werkzeug.exceptions import HTTPException

PAGE_SIZE = 20
DATA = Path(__file__).parent / "data"

app = Flask(__name__)


def load(name):
    """Reads a list of titles and keys it by id."""
    return {title["id"]: title for title in json.loads((DATA / f"{name}.json").read_text())}


titles = {"movie": load("movies"), "tv": load("tv")}


@app.get("/")
def home():
    return "This is the catalogue's API: try /discover?type=movie&genre=12\n", {"Content-Type": "text/plain"}


@app.get("/status")
def status():
    return "OK"


@app.get("/discover")
def discover():
    """Titles of one type: those of a genre by popularity, or else a random choice."""
    kind = request.args.get("type", "movie")
    if kind not in titles:
        abort(400, f"type is 'movie' or 'tv', got '{kind}'")

    genre = request.args.get("genre", "")
    if not genre:
        return jsonify(random.sample(list(titles[kind].values()), min(PAGE_SIZE, len(titles[kind]))))
    if not genre.isdecimal():
        abort(400, f"genre is a number, got '{genre}'")

    found = [title for title in titles[kind].values() if int(genre) in title["genre_ids"]]
    return jsonify(sorted(found, key=lambda title: -title["popularity"])[:PAGE_SIZE])


@app.post("/updatePopularity")
def update_popularity():
    """Sets a movie's popularity: {"movieId": 108, "popularity": 12.5}."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        abort(400, "the body is a JSON object with movieId and popularity")

    movie = titles["movie"].get(number(body, "movieId"))
    if movie is None:
        abort(400, f"no movie has the id '{body['movieId']}'")

    movie["popularity"] = number(body, "popularity")
    return jsonify(message="popularity updated", id=movie["id"], popularity=movie["popularity"])


def number(body, field):
    """The finite number in `field`, also when it is written as a string."""
    try:
        value = float(body[field])
    except (KeyError, TypeError, ValueError):
        abort(400, f"{field} is a number, got {body.get(field)!r}")
    if not math.isfinite(value):
        abort(400, f"{field} is a finite number, got {body[field]!r}")
    return value


@app.errorhandler(HTTPException)
def as_json(error):
    """An API answers in JSON, errors too."""
    return jsonify(error=error.description), error.code
