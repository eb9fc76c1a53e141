namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Registers governance.</summary>
internal static class GovernanceServices
{
    public static IServiceCollection AddGovernance(this IServiceCollection services) => services
        .AddSingleton<GovernanceStore>()
        .AddSingleton<TagAudit>()
        .AddSingleton<TagUsers>()
        .AddSingleton<TagUsages>()
        .AddSingleton<TagWhatIf>()
        .AddSingleton<TagGuard>()
        .AddSingleton<TagMerge>()
        .AddSingleton<TagChangeCalls>();
}
