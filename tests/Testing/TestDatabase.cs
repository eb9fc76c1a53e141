using Npgsql;

namespace TagSegments.Testing;

/// <summary>A database of one test or test class, dropped at its end.</summary>
public sealed class TestDatabase(string ownerConnectionString, string rolePassword, Func<Task> drop) : IAsyncDisposable
{
    /// <summary>Connects as the owner of every schema: for arranging and for looking behind the services.</summary>
    public string OwnerConnectionString { get; } = ownerConnectionString;

    /// <summary>Connects as a service does; <paramref name="service"/> is <c>tags</c>, <c>segments</c>, <c>campaigns</c> or <c>workflows</c>.</summary>
    public string RoleConnectionString(string service) => new NpgsqlConnectionStringBuilder(OwnerConnectionString)
    {
        Username = $"tagsegments_{service}",
        Password = rolePassword,
        MaxPoolSize = 30,
    }.ConnectionString;

    public async ValueTask DisposeAsync() => await drop();
}
