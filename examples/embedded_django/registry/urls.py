"""The pages of the registry; /v1/ is the node's, see asgi.py."""

from django.urls import path

from registry.views import letters

urlpatterns = [path("letters", letters)]
