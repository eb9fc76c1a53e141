using Crm.Workflows.V1;
using TagSegments.Workflows.Definitions;

namespace TagSegments.Workflows.Enrolment;

/// <summary>The entrance to a version: the node where its runs begin, and the rule about contacts that have been in the workflow before.</summary>
internal sealed record Entrance(Guid WorkflowId, int Version, Reentry Reentry, string FirstNodeId)
{
    /// <summary>Its columns of a version, for <see cref="Of"/>.</summary>
    public const string Columns = """
        workflow_id, version, jsonb_build_object('reentry', definition -> 'reentry')::text, COALESCE(definition #>> '{nodes,0,id}', '')
        """;

    /// <summary>Whether the rule depends on earlier runs.</summary>
    public bool IsLimited => Reentry is Reentry.OneAtATime or Reentry.OnceEver;

    /// <summary>Makes an entrance of the values of <see cref="Columns"/>.</summary>
    public static Entrance Of(Guid workflowId, int version, string rule, string firstNodeId) =>
        new(workflowId, version, DefinitionJson.Parse(rule).Reentry, firstNodeId);
}

/// <summary>A published version as events see it, and when it takes or took them.</summary>
internal sealed record ActiveVersion(Entrance Entrance, IReadOnlyList<Trigger> Triggers, DateTime ActiveFrom, DateTime? ActiveUntil)
{
    /// <summary>Its columns, for <see cref="Of"/>. Nodes and goals, the bulk of a definition, are left out.</summary>
    public const string Columns = """
        workflow_id, version, (definition - '{nodes,goals}'::text[])::text, COALESCE(definition #>> '{nodes,0,id}', ''), active_from, active_until
        """;

    /// <summary>Whether it starts on names of tags, which then have to be loaded.</summary>
    public bool AsksForTagNames => Triggers.Any(trigger => trigger.Tag is { NamePrefix.Length: > 0 });

    /// <summary>The segments whose new members it starts.</summary>
    public IEnumerable<Guid> WatchedSegments => Triggers.Select(trigger => trigger.SegmentEntered).OfType<SegmentTrigger>().Select(segment => Guid.Parse(segment.SegmentId));

    /// <summary>Makes a version of the values of <see cref="Columns"/>.</summary>
    public static ActiveVersion Of(Guid workflowId, int version, string definition, string firstNodeId, DateTime from, DateTime? until)
    {
        var parsed = DefinitionJson.Parse(definition);
        return new(new Entrance(workflowId, version, parsed.Reentry, firstNodeId), parsed.Triggers, from, until);
    }

    public bool Takes(DateTime time) => ActiveFrom <= time && (ActiveUntil is null || time < ActiveUntil);

    public bool StartsOn(FeedEvent e, string tagName) => Triggers.Any(trigger => e.Starts(trigger, tagName));
}
