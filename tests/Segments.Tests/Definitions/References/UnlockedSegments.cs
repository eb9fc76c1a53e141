using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Index;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.ServiceDefaults.Data;
using TagSegments.ServiceDefaults.Host;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions.References;

/// <summary>The segment service with one thing wrong: changes of an account's segments do not wait for each other.</summary>
internal sealed class UnlockedSegments(WebApplication app) : IAsyncDisposable
{
    public string Address => app.GrpcAddress();

    public static async Task<UnlockedSegments> StartAsync(TestApps apps)
    {
        var builder = ServiceHost.CreateBuilder("segments", 0, [], new Dictionary<string, string?>
        {
            ["Postgres:ConnectionString"] = apps.Database.RoleConnectionString("segments"),
            ["Postgres:WorkConnectionString"] = apps.Database.RoleConnectionString("segments_work"),
            ["Auth:Mode"] = "off",
            ["Logging:Level"] = "Error",
        });
        builder.AddPostgres();
        builder.AddRedis();
        builder.Services.AddSegments();
        builder.Services.Replace(ServiceDescriptor.Singleton<DefinitionChanges, UnlockedChanges>());
        var app = builder.Build();
        app.MapServiceDefaults();
        app.MapGrpcService<SegmentApi>();
        await app.StartAsync();
        return new UnlockedSegments(app);
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    // The clock moves all the same, but its row is free again at once.
    private sealed class UnlockedChanges(IdempotentWrites writes, AccountDatabase db, AccountIndexes indexes, TimeProvider time)
        : DefinitionChanges(writes, indexes, time)
    {
        private readonly AccountDatabase _db = db;

        protected override async Task MoveClockAsync(NpgsqlTransaction transaction, int accountId, CancellationToken ct)
        {
            await using var connection = await _db.OpenAsync(accountId, ct);
            await using var own = await connection.BeginTransactionAsync(ct);
            await base.MoveClockAsync(own, accountId, ct);
            await own.CommitAsync(ct);
        }
    }
}
