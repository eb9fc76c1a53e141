using Npgsql;

namespace TagSegments.Tags.Changes;

/// <summary>
/// A pool of its own for the few statements of calls that must be fast, and for imports. They are prepared, but the planner would still plan them again each
/// time, at several times the cost of the work. Here it makes one generic plan, perhaps while the tables are still empty. The settings make it
/// use indexes, so that the plan still fits when the tables have grown.
/// </summary>
internal sealed class GenericPlanPool : IAsyncDisposable
{
    private const int MaxConnections = 20;
    private const string Settings = "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_mergejoin = off";

    /// <summary>Connects as <c>Postgres:ConnectionString</c> says.</summary>
    public GenericPlanPool(IConfiguration configuration)
    {
        var builder = HostExtensions.PostgresOf(configuration, Settings);
        builder.Name += " hot";
        builder.ConnectionStringBuilder.MaxPoolSize = Math.Min(MaxConnections, builder.ConnectionStringBuilder.MaxPoolSize);
        Connections = new(builder.Build());
    }

    /// <summary>The connections.</summary>
    public AccountDatabase Connections { get; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Connections.DisposeAsync();
}
