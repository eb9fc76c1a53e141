namespace TagSegments.Workflows.Enrolment;

/// <summary>An event and a version that it starts.</summary>
internal sealed record Enrolment(ActiveVersion Version, FeedEvent Event);

/// <summary>A contact whose runs of one version end, or all of its runs if no version is named.</summary>
internal sealed record Exit(int ContactId, Guid? WorkflowId, int? Version, string Reason);

/// <summary>Consecutive enrolments, deferred enrolments of many contacts, or exits: one of the lists has entries.</summary>
internal sealed class PlanPart
{
    public List<Enrolment> Enrolments { get; } = [];

    public List<Enrolment> PutOff { get; } = [];

    public List<Exit> Exits { get; } = [];
}

/// <summary>The effects of a batch of events on runs, in the order of the events.</summary>
internal sealed class EnrolmentPlan
{
    private readonly List<PlanPart> _parts = [];

    private EnrolmentPlan()
    {
    }

    public IReadOnlyList<PlanPart> Parts => _parts;

    public static EnrolmentPlan Make(
        IReadOnlyList<ActiveVersion> versions, IReadOnlyList<FeedEvent> events, IReadOnlyDictionary<int, string> tagNames)
    {
        var plan = new EnrolmentPlan();
        foreach (var e in events)
        {
            foreach (var version in versions.Where(version => version.Definition.ExitTagIds.Contains(e.RemovedTagId)))
            {
                const string reason = "the contact lost a tag that keeps it in the workflow";
                plan.Part(part => part.Exits).AddRange(e.Contacts.Select(id => new Exit(id, version.WorkflowId, version.Version, reason)));
            }

            if (e.LeavingReason is { } gone)
            {
                plan.Part(part => part.Exits).Add(new Exit(e.ContactId, null, null, gone));
            }

            var tagName = e.Tag is { } tag ? tagNames.GetValueOrDefault(tag.TagId, "") : "";
            foreach (var version in versions.Where(version => !e.SkipWorkflows && version.Takes(e.Time) && version.StartsOn(e, tagName)))
            {
                plan.Part(part => e.Many.Count > 0 ? part.PutOff : part.Enrolments).Add(new Enrolment(version, e));
            }
        }

        return plan;
    }

    // The list of the last part if it is the one in use, else the list of a new part.
    private List<T> Part<T>(Func<PlanPart, List<T>> list)
    {
        if (_parts.Count == 0 || list(_parts[^1]).Count == 0)
        {
            _parts.Add(new PlanPart());
        }

        return list(_parts[^1]);
    }
}
