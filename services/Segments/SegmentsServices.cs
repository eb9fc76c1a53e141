using Dapper;
using Npgsql;
using TagSegments.Segments.Definitions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Explain;
using TagSegments.Segments.Index;
using TagSegments.Segments.Past;
using TagSegments.Segments.Preview;
using TagSegments.Segments.SmartLists;
using TagSegments.ServiceDefaults;

namespace TagSegments.Segments;

/// <summary>Registers what the service is made of.</summary>
internal static class SegmentsServices
{
    public static IServiceCollection AddSegments(this IServiceCollection services)
    {
        services.AddSingleton(provider => new AccountDirectory(
            (name, ct) => FindAccountAsync(provider.GetRequiredService<NpgsqlDataSource>(), name, ct),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IndexMetrics>();
        services.AddSingleton<ClockReader>();
        services.AddSingleton<TagEntryCache>();
        services.AddHostedService(provider => provider.GetRequiredService<TagEntryCache>());
        services.AddSingleton<TagLoader>();
        services.AddSingleton<AccountIndexes>();
        services.AddSingleton(new AskingLimits());
        services.AddSingleton<AnswerLoader>();
        services.AddSingleton<AnswerStore>();
        services.AddSingleton<ShadowCheck>();
        services.AddSingleton<SharedEvaluations>();
        services.AddSingleton<Evaluator>();
        services.AddSingleton<PastHistory>();
        services.AddSingleton<PastEvaluator>();
        services.AddSingleton<AnytimeEvaluator>();
        services.AddSingleton<Explainer>();
        services.AddSingleton<Previewer>();
        services.AddSingleton<DefinitionChanges>();
        services.AddSingleton<SegmentDefinitions>();
        services.AddSingleton<SegmentVersions>();
        services.AddSingleton<SegmentChangePreview>();
        services.AddSingleton<SegmentExpectationChecks>();
        services.AddSingleton<SmartListCalls>();
        services.AddSingleton<SmartListRows>();
        services.AddSingleton<CallTokens>();
        return services;
    }

    private static async Task<AccountInfo?> FindAccountAsync(NpgsqlDataSource db, string name, CancellationToken ct)
    {
        const string sql = """
            SELECT account_id AS id, name, time_zone, week_start::int
            FROM crm.segment_accounts
            WHERE name = @name
            """;
        await using var connection = await db.OpenConnectionAsync(ct);
        return await connection.QuerySingleOrDefaultAsync<AccountInfo>(new CommandDefinition(sql, new { name }, cancellationToken: ct));
    }
}
