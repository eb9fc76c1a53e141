using TagSegments.Chaos.Rig;
using TagSegments.Embedded.Smtp;

namespace TagSegments.Chaos.Scenarios;

/// <summary>
/// The moments of a send at which a kill could do harm, by name. `...ing` is within the transaction, before anything of it is safe; the others
/// are at its commit, which succeeds, but the killed process does not learn of it.
/// </summary>
internal sealed class CampaignMoments(ChaosRig rig, DatabaseStops database, MailStops mail)
{
    private const string BeforeData = "before DATA";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // The changes of the tables of the campaign service, each as a condition on OLD and NEW.
    private static readonly (string During, string After, string Table, string Event, string Change)[] s_changes =
    [
        ("freezing", "frozen", "campaign", "UPDATE", "OLD.state = 3 AND NEW.state = 4"),
        ("resuming", "resumed", "campaign", "UPDATE", "OLD.state = 5 AND NEW.state = 4"),
        ("claiming", "claimed", "batch", "UPDATE", "OLD.lease_until IS NULL AND NEW.lease_until IS NOT NULL"),
        ("recovering", "recovered", "batch", "UPDATE", "OLD.lease_until IS NOT NULL AND NEW.lease_until IS NULL AND NEW.fence > OLD.fence"),
        ("departing", "departed", "recipient", "UPDATE", "OLD.state IN (1, 6) AND NEW.state = 3"),
        ("storing", "stored", "recipient", "UPDATE", "OLD.state = 3 AND NEW.state = 4"),
        ("replaying", "replayed", "recipient", "UPDATE", "OLD.state = 3 AND NEW.state IN (1, 8)"),
        ("unsubscribing", "unsubscribed", "suppression", "INSERT", "true"),
    ];

    private static readonly (string Name, SmtpStage Stage)[] s_stages =
    [
        ("DATA kept, not answered", SmtpStage.Kept),
        ("DATA sent, not kept", SmtpStage.EndOfData),
        (BeforeData, SmtpStage.Data),
        ("in the middle of DATA", SmtpStage.Body),
    ];

    /// <summary>Every moment with the process to kill at it.</summary>
    public static IReadOnlyList<(string Name, Target Target)> All { get; } =
    [
        .. s_stages.SelectMany(stage => new[] { (stage.Name, Target.Campaigns), (stage.Name, Target.Smtp) }),
        .. s_changes.SelectMany(change => new[] { (change.During, Target.Campaigns), (change.After, Target.Campaigns) }),
        .. new[] { "freezing", "frozen", "claiming", "departing", "departed", "storing", "stored", "unsubscribing" }.Select(name => (name, Target.Postgres)),
        ("freezing", Target.Segments),
        ("freezing", Target.Tags),
    ];

    /// <summary>Puts the stops in place.</summary>
    public Task InstallAsync() => database.InstallAsync(s_changes.SelectMany(change =>
    {
        var where = $"{change.Event} ON campaigns.{change.Table}";
        return new[]
        {
            (change.During, $"BEFORE {where} FOR EACH ROW WHEN ({change.Change})"),
            (change.After, $"AFTER {where} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN ({change.Change})"),
        };
    }));

    /// <summary>
    /// Kills at the moment; false if it did not come. The first acts of a new process come only after another one died with messages in its hands.
    /// </summary>
    public async Task<bool> KillAtAsync(string name, Target target) => name is not ("recovering" or "recovered" or "replaying" or "replayed")
        ? await AtAsync(name, () => rig.KillAsync(target))
        : await AtAsync(BeforeData, () => rig.KillAsync(target)) && await KillAfterRestartAsync(name, target);

    private async Task<bool> KillAfterRestartAsync(string name, Target target)
    {
        var starting = new TaskCompletionSource();
        var killing = AtAsync(name, async () =>
        {
            await starting.Task;
            await rig.KillAsync(target);
        });
        await rig.StartAsync(target);
        starting.SetResult();
        return await killing;
    }

    private Task<bool> AtAsync(string name, Func<Task> act)
    {
        foreach (var stage in s_stages.Where(stage => stage.Name == name))
        {
            return mail.AtAsync(stage.Stage, s_patience, act);
        }

        return database.AtAsync(name, s_patience, act);
    }
}
