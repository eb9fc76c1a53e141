using TagSegments.Embedded.Postgres;
using TagSegments.Kubernetes.Cluster;
using TagSegments.Kubernetes.Overlays;

namespace TagSegments.Kubernetes.Stages;

/// <summary>An overlay with everything that a cluster has beside it.</summary>
/// <param name="Objects">The rendered manifests, and what is beside them.</param>
/// <param name="Needed">The connections that have to be open, and no other.</param>
/// <param name="StartMainJob">Runs the main job as a caller of this installation does.</param>
/// <param name="RequireConsoleAsync">Visits the console as a person does.</param>
internal sealed record Stage(List<object> Objects, IEnumerable<Way> Needed, Func<Installation, ChildProcess> StartMainJob, Func<Installation, Task> RequireConsoleAsync);
