"""The keys that the Compose specification knows, by what they stand in: for what was meant by one that it does not."""

from __future__ import annotations

_ROOT = "configs include models name networks secrets services version volumes"
_SERVICE = """
annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count
cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy
develop device_cgroup_rules devices dns dns_opt dns_search domainname entrypoint env_file environment expose extends
external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging
mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable
oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy read_only
restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs
tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir
"""
_PARTS = {
    "build": "additional_contexts args cache_from cache_to context dockerfile dockerfile_inline entitlements"
    " extra_hosts isolation labels network no_cache platforms privileged provenance pull sbom secrets shm_size ssh"
    " tags target ulimits",
    "deploy": "endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config",
    "develop": "watch",
    "healthcheck": "disable interval retries start_interval start_period test timeout",
    "logging": "driver options",
    "extends": "file service",
}
_DEPENDENCY = "condition required restart"


def known(path: tuple[str, ...]) -> tuple[str, ...]:
    """The keys that may stand at the path (`()` is the file, `("services", "web")` a service); () where not known."""
    if not path:
        return tuple(_ROOT.split())
    if path[0] != "services" or len(path) < 2:
        return ()
    inside = path[2:]
    if not inside:
        return tuple(_SERVICE.split())
    if inside[0] == "depends_on" and len(inside) == 2:
        return tuple(_DEPENDENCY.split())
    return tuple(_PARTS.get(inside[0], "").split()) if len(inside) == 1 else ()
