using TagSegments.Chaos.Rig;

namespace TagSegments.Chaos.Scenarios;

/// <summary>The moments of an erasure at which a kill could do harm, by name: each is within a transaction, before anything of it is safe.</summary>
internal sealed class ErasureMoments(ChaosRig rig, DatabaseStops database)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private static readonly (string Name, string Trigger, Target[] Killed)[] s_moments =
    [
        ("person marked", "AFTER INSERT ON campaigns.erased_contact FOR EACH ROW", [Target.Campaigns, Target.Tags]),
        ("rows of campaigns going", "AFTER DELETE ON campaigns.recipient FOR EACH ROW", [Target.Campaigns]),
        ("service reporting", "AFTER INSERT ON crm.account_erasure FOR EACH ROW", [Target.Workflows, Target.Tags]),
        ("person's end noted", "AFTER UPDATE ON crm.erasure FOR EACH ROW WHEN (NEW.finished_at IS NOT NULL)", [Target.Tags, Target.Postgres]),
        ("rows of workflows going", "AFTER DELETE ON workflows.run FOR EACH ROW", [Target.Workflows]),
        ("rows of segments going", "AFTER DELETE ON segments.segment FOR EACH ROW", [Target.Segments]),
        ("rows of contacts going", "AFTER DELETE ON crm.contact FOR EACH ROW", [Target.Tags, Target.Postgres]),
        ("account going", "AFTER DELETE ON crm.account FOR EACH ROW", [Target.Tags]),
    ];

    /// <summary>Every moment with the process to kill at it.</summary>
    public static IReadOnlyList<(string Name, Target Target)> All { get; } =
        [.. s_moments.SelectMany(moment => moment.Killed.Select(target => (moment.Name, target)))];

    /// <summary>Puts the stops in place.</summary>
    public Task InstallAsync() => database.InstallAsync(s_moments.Select(moment => (moment.Name, moment.Trigger)));

    /// <summary>Kills at the moment; false if it did not come.</summary>
    public Task<bool> KillAtAsync(string name, Target target) => database.AtAsync(name, s_patience, () => rig.KillAsync(target));
}
