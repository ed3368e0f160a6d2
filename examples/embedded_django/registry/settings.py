"""The least that Django needs; put in yours."""

import os
from pathlib import Path

SECRET_KEY = "of an example"
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "registry.urls"
INSTALLED_APPS = ["registry"]
NODE_FOLDER = Path(os.environ["NODE_FOLDER"])
DATABASES = {
    "default": {"ENGINE": "django.db.backends.sqlite3", "NAME": NODE_FOLDER / "registry.db"}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
