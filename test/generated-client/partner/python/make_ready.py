"""A partner's program: it knows the API only by the client that was generated from the OpenAPI document."""

import json
import sys
import time
from typing import TypeVar

from dialtone_client import AuthenticatedClient
from dialtone_client.api.agents import create_agent
from dialtone_client.api.bindings import declare_binding, get_binding, plan_binding
from dialtone_client.api.connections import create_connection
from dialtone_client.api.phone_numbers import list_phone_numbers
from dialtone_client.api.provisioning import sync_voice_link
from dialtone_client.api.readiness import list_drift, list_readiness
from dialtone_client.api.voicelink import create_voice_link_client, list_available_voice_link_dids
from dialtone_client.models import (
    CreateAgentBody,
    CreateClientBody,
    CreateConnectionBody,
    DeclareBindingBody,
    ErrorCode,
    ErrorEnvelopeDto,
    Provider,
    ReadinessState,
    SyncBody,
)

PATIENCE_SECONDS = 60

T = TypeVar("T")


def must(answer: "T | ErrorEnvelopeDto | None") -> T:
    if answer is None or isinstance(answer, ErrorEnvelopeDto):
        raise RuntimeError(f"not what was asked for: {answer}")
    return answer


base_url, api_key, voicelink_url, username, password = sys.argv[1:6]
client = AuthenticatedClient(base_url=base_url, token=api_key)

agent = must(create_agent.sync(client=client, body=CreateAgentBody(agent_name="Python agent"))).data
must(
    create_connection.sync(
        client=client,
        body=CreateConnectionBody(
            provider=Provider.VOICELINK,
            name="Python",
            base_url=voicelink_url,
            username=username,
            password=password,
        ),
    )
)
created = must(
    create_voice_link_client.sync(
        client=client,
        body=CreateClientBody(
            first_name="Asha",
            last_name="Rao",
            username="asha.python",
            email="asha@example.com",
            password="a password of VoiceLink",
            channel_count=1,
        ),
    )
)
# VoiceLink's own answer: its shape is not ours.
client_id = int(created.data.additional_properties["data"]["client_id"])

available = must(list_available_voice_link_dids.sync(client=client)).data.data
did = next(row for row in available or [] if row.additional_properties.get("user_status") == 1)

synced = must(sync_voice_link.sync(client=client, body=SyncBody(import_dids=True))).data
before = next(row for row in synced.readiness if row.remote_did is not None and row.remote_did.did_id == did.did_id)
numbers = must(list_phone_numbers.sync(client=client, phone_number=before.phone_number)).data.phone_numbers

declaration = DeclareBindingBody(agent_id=agent.id, client_id=client_id)
declared = must(declare_binding.sync(before.key, client=client, body=declaration)).data
deadline = time.monotonic() + PATIENCE_SECONDS
binding = declared
while binding.readiness.state is not ReadinessState.READY and time.monotonic() < deadline:
    time.sleep(0.2)
    binding = must(get_binding.sync(before.key, client=client)).data

plan = must(plan_binding.sync(before.key, client=client)).data
ready = must(list_readiness.sync(client=client, state=ReadinessState.READY)).data.readiness
drift = must(list_drift.sync(client=client)).data.drift
refused = declare_binding.sync("1", client=client, body=declaration)

print(
    json.dumps(
        {
            "before": before.state.value,
            "imported": [number.phone_number == before.phone_number for number in numbers],
            "state": binding.readiness.state.value,
            "steps": [f"{step.step.value} {step.status.value}" for step in plan.steps],
            "ready": [row.key == before.key and row.bot is not None and row.routing is not None for row in ready],
            "drift": any(row.key == before.key for row in drift),
            "refused": isinstance(refused, ErrorEnvelopeDto) and refused.error.code is ErrorCode.VALIDATION_ERROR,
        }
    )
)
