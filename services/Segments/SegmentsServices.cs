using TagSegments.Segments.Definitions;
using TagSegments.Segments.Definitions.Versions;
using TagSegments.Segments.Evaluation;
using TagSegments.Segments.Evaluation.Answers;
using TagSegments.Segments.Explain;
using TagSegments.Segments.Index;
using TagSegments.Segments.Past;
using TagSegments.ServiceDefaults.Auth.Keys;
using TagSegments.ServiceDefaults.Retention;

namespace TagSegments.Segments;

/// <summary>Registers the parts of the service.</summary>
internal static class SegmentsServices
{
    public static IServiceCollection AddSegments(this IServiceCollection services)
    {
        services.AddDatabaseAccounts("crm.segment_accounts");
        services.AddPublishedApiKeys();
        services.AddRemoteAdminLog();
        services.AddDatabaseRetention("crm.segment_accounts", Pruning.Requests("segments.request"));
        services.AddSingleton<IndexMetrics>();
        services.AddSingleton<ClockReader>();
        services.AddSingleton<TagEntryCache>();
        services.AddHostedService(provider => provider.GetRequiredService<TagEntryCache>());
        services.AddSingleton<TagLoader>();
        services.AddSingleton<AccountIndexes>();
        services.AddSingleton(new LeafQueryLimits());
        services.AddSingleton<AnswerLoader>();
        services.AddSingleton<AnswerStore>();
        services.AddSingleton<ShadowCheck>();
        services.AddSingleton<PastHistory>();
        services.AddFairQueue();
        services.AddSingleton<Moments>();
        services.AddSingleton<SharedEvaluations>();
        services.AddSingleton<Evaluator>();
        services.AddSingleton<Explainer>();
        services.AddIdempotentWrites("segments.request");
        services.AddSingleton<DefinitionChanges>();
        services.AddSingleton<SegmentDefinitions>();
        services.AddSingleton<SegmentVersions>();
        services.AddSingleton<RequestTokens>();
        return services;
    }
}
