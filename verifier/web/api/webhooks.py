"""/v1/webhooks: who outside is told that something happened, signed as Standard Webhooks asks."""

from typing import Final

from flask import Response, url_for
from flask_smorest import Blueprint  # type: ignore[import-untyped]

from schemas.webhooks import (
    NewWebhookSchema,
    ReplayedSchema,
    ReplaySchema,
    WebhookDeliveriesSchema,
    WebhookListSchema,
    WebhookSchema,
    dump_deliveries,
    dump_webhook,
    load_replay,
    load_webhook,
)
from verifier.access.fence import reach
from verifier.access.policy import FacilityRule, needing, place
from verifier.access.roles import Scope
from verifier.news.webhook import EVERYWHERE
from verifier.web.api import news_examples as examples
from verifier.web.exchange import MOST_ROWS, json_body, json_response, query, row_limit
from verifier.web.openapi import Body, nothing, operation, path_parameter, query_parameter
from verifier.web.repeats import own_id
from verifier.web.rooms import rooms

ROWS: Final = 50
ID: Final = "/<webhook_id>"
NONE: Final = "There is none with this id"

blueprint = Blueprint(
    "webhooks", __name__, url_prefix="/v1/webhooks", description="Who is told that something happened"
)
WEBHOOK: Final = Body(WebhookSchema, examples.WEBHOOK, "The webhook")
WITH_KEY: Final = Body(WebhookSchema, examples.NEW_WEBHOOK, "The webhook with its new key, told this once")
IN_PATH: Final = path_parameter("webhook_id", "Id of a webhook", "whk_8f14e45fceea167a5a36de")
LIMIT: Final = query_parameter(
    "limit", "The most rows", ROWS, {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}
)
ADMINISTERING: Final = needing(Scope.ADMIN, facility=FacilityRule.RECORD)


@operation(
    blueprint,
    "POST",
    "",
    name="addWebhook",
    takes=Body(NewWebhookSchema, examples.WEBHOOK_REQUEST, "Whom to tell, and of what"),
    gives={
        201: Body(
            WebhookSchema, examples.NEW_WEBHOOK, "Told from now on; keep its key", headers=("Location",)
        )
    },
    problems={400: "The body is no JSON", 422: "Some field cannot be used, or nobody may be told there"},
    policy=needing(Scope.ADMIN, facility=FacilityRule.NAMED),
)
def add_webhook() -> Response:
    """Tell an address of what happens; what is sent holds ids and no health data."""
    address, events, facility = load_webhook(json_body())
    facility = place(facility, reach()) or EVERYWHERE
    made = rooms().newsroom.add_webhook(address, events, facility, as_id=own_id("whk"))
    location = url_for("webhooks.find_webhook", webhook_id=made.id)
    return json_response(dump_webhook(made, secret=made.keys[0].secret), 201, Location=location)


@operation(
    blueprint,
    "GET",
    "",
    name="listWebhooks",
    gives={200: Body(WebhookListSchema, examples.WEBHOOKS, "Everybody who is told")},
    problems={422: "There is no parameter here"},
    policy=ADMINISTERING,
)
def list_webhooks() -> Response:
    """List who is told, and who was switched off and why."""
    query()
    return json_response({"items": [dump_webhook(each) for each in rooms().newsroom.webhooks()]})


@operation(
    blueprint,
    "GET",
    ID,
    name="findWebhook",
    gives={200: WEBHOOK},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=ADMINISTERING,
)
def find_webhook(webhook_id: str) -> Response:
    """Look at one webhook."""
    query()
    return json_response(dump_webhook(rooms().newsroom.find_webhook(webhook_id)))


@operation(
    blueprint,
    "DELETE",
    ID,
    name="removeWebhook",
    gives={204: nothing("It is told nothing any more")},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=ADMINISTERING,
)
def remove_webhook(webhook_id: str) -> Response:
    """Remove a webhook; its address and keys are forgotten."""
    rooms().newsroom.remove_webhook(webhook_id)
    return Response(status=204)


@operation(
    blueprint,
    "POST",
    f"{ID}/keys",
    name="addWebhookKey",
    gives={201: WITH_KEY},
    parameters=(IN_PATH,),
    problems={404: NONE, 409: "Too many keys sign already"},
    policy=ADMINISTERING,
)
def add_key(webhook_id: str) -> Response:
    """Sign by a new key from now on, and for a day by the one before too."""
    changed = rooms().newsroom.add_key(webhook_id)
    return json_response(dump_webhook(changed, secret=changed.keys[0].secret), 201)


@operation(
    blueprint,
    "POST",
    f"{ID}/enable",
    name="enableWebhook",
    gives={200: WEBHOOK},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=ADMINISTERING,
)
def enable_webhook(webhook_id: str) -> Response:
    """Tell it again from now on; what it missed is in GET /v1/changes, or is sent again by a replay."""
    return json_response(dump_webhook(rooms().newsroom.switch(webhook_id, on=True)))


@operation(
    blueprint,
    "POST",
    f"{ID}/disable",
    name="disableWebhook",
    gives={200: WEBHOOK},
    parameters=(IN_PATH,),
    problems={404: NONE},
    policy=ADMINISTERING,
)
def disable_webhook(webhook_id: str) -> Response:
    """Tell it nothing for now; what waits for it is given up."""
    return json_response(dump_webhook(rooms().newsroom.switch(webhook_id, on=False)))


@operation(
    blueprint,
    "GET",
    f"{ID}/deliveries",
    name="listDeliveries",
    gives={200: Body(WebhookDeliveriesSchema, examples.DELIVERIES, "The latest deliveries, newest first")},
    parameters=(IN_PATH, LIMIT),
    problems={404: NONE, 422: "A parameter cannot be used"},
    policy=ADMINISTERING,
)
def list_deliveries(webhook_id: str) -> Response:
    """List how the latest deliveries went."""
    limit = row_limit(query("limit"), ROWS)
    found = rooms().newsroom.deliveries(webhook_id, limit=limit)
    return json_response({"items": dump_deliveries(found)})


@operation(
    blueprint,
    "POST",
    f"{ID}/replay",
    name="replayDeliveries",
    takes=Body(ReplaySchema, examples.REPLAY, "From when on"),
    gives={200: Body(ReplayedSchema, examples.REPLAYED, "They begin anew")},
    parameters=(IN_PATH,),
    problems={
        400: "The body is no JSON",
        404: NONE,
        409: "It is switched off, or the first request with this Idempotency-Key is still in flight",
        422: "Some field cannot be used",
    },
    policy=ADMINISTERING,
)
def replay_deliveries(webhook_id: str) -> Response:
    """Send again what was given up, each under its own id as before."""
    since, taken = load_replay(json_body())
    return json_response({"deliveries": rooms().newsroom.replay(webhook_id, since, taken=taken)})
