"""Django for the tests: its settings, and a database in memory."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.settings")
os.environ.setdefault("NODE_FOLDER", "no-node-in-tests")

import pytest
from django import setup
from django.conf import settings
from django.core.management import call_command

settings.DATABASES["default"]["NAME"] = ":memory:"
setup()


@pytest.fixture
def book():
    """The incoming book, empty."""
    from registry.models import Incoming

    call_command("migrate", run_syncdb=True, verbosity=0)
    Incoming.objects.all().delete()
    return Incoming.objects
