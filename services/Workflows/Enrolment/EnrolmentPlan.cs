using Crm.Workflows.V1;

namespace TagSegments.Workflows.Enrolment;

/// <summary>An event and a version that it starts.</summary>
internal sealed record Enrolment(ActiveVersion Version, FeedEvent Event);

/// <summary>A contact whose runs end: those of one version, or all where none is named.</summary>
internal sealed record Exit(int ContactId, Guid? WorkflowId, int? Version, string Reason);

/// <summary>Consecutive enrolments, or consecutive exits.</summary>
internal sealed record PlanPart(List<Enrolment> Enrolments, List<Exit> Exits);

/// <summary>What the events of a batch do to runs, in their order.</summary>
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
                plan.AddExit(new Exit(e.ContactId, version.WorkflowId, version.Version, "the contact lost a tag that keeps it in the workflow"));
            }

            if (e.IsDeletion)
            {
                plan.AddExit(new Exit(e.ContactId, null, null, "the contact was deleted"));
            }

            var tagName = e.Tag is { } tag ? tagNames.GetValueOrDefault(tag.TagId, "") : "";
            foreach (var version in versions.Where(version => !e.SkipWorkflows && version.Takes(e.Time) && version.StartsOn(e, tagName)))
            {
                plan.AddEnrolment(new Enrolment(version, e));
            }
        }

        return plan;
    }

    private void AddEnrolment(Enrolment enrolment)
    {
        if (_parts is not [.., { Exits.Count: 0 }])
        {
            _parts.Add(new PlanPart([], []));
        }

        _parts[^1].Enrolments.Add(enrolment);
    }

    private void AddExit(Exit exit)
    {
        if (_parts is not [.., { Enrolments.Count: 0 }])
        {
            _parts.Add(new PlanPart([], []));
        }

        _parts[^1].Exits.Add(exit);
    }
}
