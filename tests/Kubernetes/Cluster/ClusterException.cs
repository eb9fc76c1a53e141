namespace TagSegments.Kubernetes.Cluster;

/// <summary>Something that would not work in a cluster.</summary>
internal sealed class ClusterException(string message) : Exception(message);
