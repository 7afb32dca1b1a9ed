"""The keys that a service of a Compose file may have."""

from __future__ import annotations

from ...syntax.yaml import Mapping
from ..yaml_view import fields_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..yaml_view import Section

SERVICE_KEYS = frozenset(
    "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count cpu_percent "
    "cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop "
    "device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends external_links "
    "extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging mac_address mem_limit "
    "mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj pid pids_limit platform "
    "ports post_start pre_stop privileged profiles provider pull_policy pull_refresh_after read_only restart runtime scale secrets "
    "security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user "
    "userns_mode uts volumes volumes_from working_dir pre_start "
    "net volume_driver log_driver log_opt dockerfile".split()
)
"""Those of the Compose specification's JSON schema (github.com/compose-spec/compose-spec, schema/compose-spec.json, commit 170098ba of
2026-06-23), `pre_start`, which its text has and its schema not yet, and those that only the first two versions of the format had."""
_BUILD_KEYS = frozenset(
    "additional_contexts args cache_from cache_to context dockerfile dockerfile_inline entitlements extra_hosts isolation labels network "
    "no_cache no_cache_filter platforms privileged provenance pull sbom secrets shm_size ssh tags target ulimits".split()
)
_DEPLOY_KEYS = frozenset("endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config".split())
_RESOURCE_KEYS = frozenset({"limits", "reservations"})
_PORT_KEYS = frozenset("app_protocol host_ip mode name protocol published target".split())
_MOUNT_KEYS = frozenset("bind consistency image read_only source target tmpfs type volume".split())
_LIMIT_KEYS = frozenset({"cpus", "memory", "pids"})
_HOOK_KEYS = frozenset("command environment privileged user working_dir".split())
_BELOW = (
    ("build", _BUILD_KEYS),
    ("deploy", _DEPLOY_KEYS),
    ("deploy.resources", _RESOURCE_KEYS),
    ("deploy.resources.limits", _LIMIT_KEYS),
)
_IN_LISTS = (("ports", _PORT_KEYS), ("volumes", _MOUNT_KEYS), ("post_start", _HOOK_KEYS), ("pre_stop", _HOOK_KEYS))
"""What stands below a service's keys and limits what it may do, by the same schema."""


def sections_with_odd_keys(service: Section) -> Iterator[tuple[str, Section, frozenset[str]]]:
    """The mappings of a service that hold a key which is none: the path to each, and the keys that it may have."""
    keys = service.fields
    if not SERVICE_KEYS.issuperset(keys):
        yield "", service, SERVICE_KEYS
    for path, known in _BELOW if "build" in keys or "deploy" in keys else ():
        field = service.find(path)
        if field is not None and isinstance(field.value, Mapping) and not known.issuperset(field.section().fields):
            yield f".{path}", field.section(), known
    for path, known in _IN_LISTS:
        for item in fields_of(keys.get(path)) if path in keys else ():
            if isinstance(item.value, Mapping) and not known.issuperset(item.section().fields):
                yield f".{path}", item.section(), known
