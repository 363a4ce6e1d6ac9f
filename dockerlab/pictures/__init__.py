"""Figures drawn from what an engine answered.

Every function returns a `Picture`, which a notebook shows with its caption
and a text alternative.
"""

from dockerlab.pictures.anatomy import image_parts, inherited, tag_moves
from dockerlab.pictures.better import (
    rebuild_race,
    requests_and_latency,
    size_waterfall,
)
from dockerlab.pictures.charts import bars, course_objects, dots
from dockerlab.pictures.context_files import copied
from dockerlab.pictures.copies import copies
from dockerlab.pictures.diagnosis import symptoms
from dockerlab.pictures.experiments import cache_table
from dockerlab.pictures.frame import Picture
from dockerlab.pictures.instructions import (
    entrypoint_table,
    health_timeline,
    instruction_map,
    values_seen,
)
from dockerlab.pictures.isolation import (
    cpu_under_quota,
    memory_under_cap,
    namespaces,
)
from dockerlab.pictures.layers import layer_stacks, shared_layers
from dockerlab.pictures.learners import class_map, progress
from dockerlab.pictures.manifests import manifest_map
from dockerlab.pictures.orchestration import pipeline, self_healing
from dockerlab.pictures.overlays import overlay
from dockerlab.pictures.ports import port_map
from dockerlab.pictures.registries import cleaned, index_parts, travels
from dockerlab.pictures.running import (
    lifecycle,
    mount_map,
    network_map,
    restarts,
    stops,
)
from dockerlab.pictures.scores import score_card
from dockerlab.pictures.security import (
    packages_found,
    restrictions,
    secret_places,
    signature_chain,
)
from dockerlab.pictures.services import kept, latencies, service_map, traffic
from dockerlab.pictures.steps import build_timeline, two_builds
from dockerlab.pictures.trust import accepted

__all__ = [
    "Picture",
    "accepted",
    "bars",
    "build_timeline",
    "cache_table",
    "class_map",
    "cleaned",
    "copied",
    "copies",
    "course_objects",
    "cpu_under_quota",
    "dots",
    "entrypoint_table",
    "health_timeline",
    "image_parts",
    "index_parts",
    "inherited",
    "instruction_map",
    "kept",
    "latencies",
    "layer_stacks",
    "lifecycle",
    "manifest_map",
    "memory_under_cap",
    "mount_map",
    "namespaces",
    "network_map",
    "overlay",
    "packages_found",
    "pipeline",
    "port_map",
    "progress",
    "rebuild_race",
    "requests_and_latency",
    "restarts",
    "restrictions",
    "score_card",
    "secret_places",
    "self_healing",
    "service_map",
    "shared_layers",
    "signature_chain",
    "size_waterfall",
    "stops",
    "symptoms",
    "tag_moves",
    "traffic",
    "travels",
    "two_builds",
    "values_seen",
]
