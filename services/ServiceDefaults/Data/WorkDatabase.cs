using Npgsql;

namespace TagSegments.ServiceDefaults.Data;

/// <summary>
/// The database for work across accounts: finding an account by its name, claims, clocks, retention. Its connections are of the service's work
/// role, which sees every account but only the tables that such work needs. What is then done for one account goes through
/// <see cref="AccountDatabase"/>.
/// </summary>
public sealed class WorkDatabase(NpgsqlDataSource source) : IAsyncDisposable
{
    /// <summary>Opens a connection.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct = default) => source.OpenInTimeAsync(ct);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();
}
