#!/usr/bin/env bash
# Brings an overlay into the cluster of the current context, the first time or as an upgrade: k8s/deploy.sh OVERLAY
# First everything but the services and the console, with the migrations as jobs; when each job is done, the services, one replica after the other.
set -euo pipefail
overlay=${1:?usage: deploy.sh OVERLAY, for example k8s/overlays/local}
namespace=${NAMESPACE:-tagsegments}
run() { kubectl -n "$namespace" "$@"; }

# The template of a job cannot be changed.
run delete job -l app.kubernetes.io/component=migration --ignore-not-found
kubectl apply -k "$overlay" -l 'app.kubernetes.io/component notin (service, console)'
run wait job -l app.kubernetes.io/component=migration --for=condition=complete --timeout=15m
kubectl apply -k "$overlay"
for workload in deployment/tags deployment/segments statefulset/campaigns deployment/workflows deployment/console; do
  run rollout status "$workload" --timeout=10m
done
