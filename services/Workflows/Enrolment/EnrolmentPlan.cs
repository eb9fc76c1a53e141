namespace TagSegments.Workflows.Enrolment;

/// <summary>An event and the entrance of a version that it starts.</summary>
internal sealed record Enrolment(Entrance Entrance, FeedEvent Event);

/// <summary>
/// A contact whose runs end: all of them; or those of one workflow, in the versions that a tag keeps them in. The tag is null in the former case.
/// </summary>
internal sealed record Exit(int ContactId, Guid? WorkflowId, int? TagId, string Reason);

/// <summary>Consecutive enrolments, deferred enrolments of many contacts, or exits: one of the lists has entries.</summary>
internal sealed class PlanPart
{
    public List<Enrolment> Enrolments { get; } = [];

    public List<Enrolment> PutOff { get; } = [];

    public List<Exit> Exits { get; } = [];
}

/// <summary>
/// The effects of a batch of events on runs. Versions are looked at one after another, and what stays of them is the entrances that events
/// go through.
/// </summary>
/// <param name="events">The events of the batch.</param>
/// <param name="tagNames">The names of their tags; null as long as no version has asked for them.</param>
internal sealed class EnrolmentPlan(IReadOnlyList<FeedEvent> events, IReadOnlyDictionary<int, string>? tagNames)
{
    private readonly List<Entrance>?[] _started = new List<Entrance>?[events.Count];

    /// <summary>Whether a version starts on names of tags, which are not there: then the plan is no good.</summary>
    public bool LacksTagNames { get; private set; }

    /// <summary>The events that start something.</summary>
    public IEnumerable<FeedEvent> StartingEvents => events.Where((_, i) => _started[i] is not null);

    /// <summary>Adds what the events start of a version.</summary>
    public void Add(ActiveVersion version)
    {
        LacksTagNames |= tagNames is null && version.AsksForTagNames;
        for (var i = 0; i < events.Count; i++)
        {
            if (!events[i].SkipWorkflows && version.Takes(events[i].Time) && version.StartsOn(events[i], TagName(events[i])))
            {
                (_started[i] ??= []).Add(version.Entrance);
            }
        }
    }

    /// <summary>Gets the effects in the order of the events.</summary>
    /// <param name="keepers">The workflows that contacts leave with a tag, by tag.</param>
    /// <param name="withCause">Adds the cause to an event that starts something.</param>
    public IReadOnlyList<PlanPart> Parts(ILookup<int, Guid> keepers, Func<FeedEvent, FeedEvent> withCause)
    {
        var parts = new List<PlanPart>();
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            foreach (var workflowId in keepers[e.RemovedTagId])
            {
                const string reason = "the contact lost a tag that keeps it in the workflow";
                Part(part => part.Exits).AddRange(e.Contacts.Select(id => new Exit(id, workflowId, e.RemovedTagId, reason)));
            }

            if (e.LeavingReason is { } gone)
            {
                Part(part => part.Exits).Add(new Exit(e.ContactId, null, null, gone));
            }

            if (_started[i] is { } entrances)
            {
                var caused = withCause(e);
                Part(part => e.Many.Count > 0 ? part.PutOff : part.Enrolments).AddRange(entrances.Select(entrance => new Enrolment(entrance, caused)));
            }
        }

        return parts;

        // The list of the last part if it is the one in use, else the list of a new part.
        List<T> Part<T>(Func<PlanPart, List<T>> list)
        {
            if (parts.Count == 0 || list(parts[^1]).Count == 0)
            {
                parts.Add(new PlanPart());
            }

            return list(parts[^1]);
        }
    }

    private string TagName(FeedEvent e) => e.Tag is { } tag && tagNames is not null ? tagNames.GetValueOrDefault(tag.TagId, "") : "";
}
