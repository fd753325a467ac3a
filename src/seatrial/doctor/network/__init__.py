"""Names, proxies, certificates and registries, as containers and builds meet them."""
