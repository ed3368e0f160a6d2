"""What clerks call; put your own login before it."""

import json

from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_http_methods

from registry import exchange
from registry.models import Incoming


@require_http_methods(["GET", "POST"])
def letters(request: HttpRequest) -> JsonResponse:
    """List the incoming book, or send a letter."""
    if request.method == "POST":
        return JsonResponse({"id": exchange.send(**json.loads(request.body))})
    rows = [{"id": item.message_id, "subject": item.subject} for item in Incoming.objects.all()]
    return JsonResponse(rows, safe=False)
