using Npgsql;
using TagSegments.ServiceDefaults.Data;

namespace TagSegments.Testing;

/// <summary>A database of one test or test class, dropped at its end.</summary>
public sealed class TestDatabase(string ownerConnectionString, string rolePassword, Func<Task> drop) : IAsyncDisposable
{
    /// <summary>Connects as the owner of every schema: for arranging and for looking behind the services.</summary>
    public string OwnerConnectionString { get; } = ownerConnectionString;

    /// <summary>
    /// Connects as a service does; <paramref name="role"/> is <c>tags</c>, <c>segments</c>, <c>campaigns</c> or <c>workflows</c>, with <c>_work</c> at
    /// its end for work across accounts.
    /// </summary>
    public string RoleConnectionString(string role) => new NpgsqlConnectionStringBuilder(OwnerConnectionString)
    {
        Username = $"tagsegments_{role}",
        Password = rolePassword,
        MaxPoolSize = 30,
    }.ConnectionString;

    /// <summary>Connects as a service does for the calls of an account.</summary>
    public string AccountConnectionString(string service, int accountId) =>
        new NpgsqlConnectionStringBuilder(RoleConnectionString(service)) { Options = $"-c tagsegments.account={accountId}" }.ConnectionString;

    /// <summary>Connects as a service does, with both of its roles.</summary>
    public ServiceDatabases Of(string service) => new(
        new AccountDatabase(NpgsqlDataSource.Create($"{RoleConnectionString(service)};No Reset On Close=true")),
        new WorkDatabase(NpgsqlDataSource.Create(RoleConnectionString($"{service}_work"))));

    /// <summary>The same database, reached at another port of this machine if one is given; disposing it does not drop the database.</summary>
    public TestDatabase Through(int? port)
    {
        var owner = new NpgsqlConnectionStringBuilder(OwnerConnectionString);
        (owner.Host, owner.Port) = port is null ? (owner.Host, owner.Port) : ("127.0.0.1", port.Value);
        return new TestDatabase(owner.ConnectionString, rolePassword, () => Task.CompletedTask);
    }

    /// <summary>The same database at several servers, of which one is the primary; disposing it does not drop the database.</summary>
    public TestDatabase At(IEnumerable<PostgresServer> servers) => new(
        new NpgsqlConnectionStringBuilder(OwnerConnectionString)
        {
            Host = string.Join(',', servers.Select(server => $"127.0.0.1:{server.Port}")),
            TargetSessionAttributes = "primary",
        }.ConnectionString,
        rolePassword,
        () => Task.CompletedTask);

    public async ValueTask DisposeAsync() => await drop();
}
