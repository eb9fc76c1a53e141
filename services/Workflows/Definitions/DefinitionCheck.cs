using System.Text.RegularExpressions;
using Crm.Segments.V1;
using Crm.Workflows.V1;

namespace TagSegments.Workflows.Definitions;

/// <summary>Checks a definition as far as that needs no other service. Every fault is reported with its path.</summary>
internal static partial class DefinitionCheck
{
    public static void Check(Definition definition, Faults faults)
    {
        if (!CheckSizes(definition, faults))
        {
            // The rest follows the ways between the nodes, which only a definition of a fair size bounds.
            return;
        }

        faults.Require(Enum.IsDefined(definition.Reentry), "reentry", "is not a re-entry rule");
        for (var i = 0; i < definition.Triggers.Count; i++)
        {
            CheckTrigger(definition.Triggers[i], $"triggers[{i}]", faults);
        }

        for (var i = 0; i < definition.Goals.Count; i++)
        {
            NodeCheck.CheckCondition(definition.Goals[i], $"goals[{i}]", faults);
        }

        CheckNodes(definition, faults);
    }

    private static bool CheckSizes(Definition definition, Faults faults)
    {
        var ok = true;
        Require(definition.Triggers.Count <= 20, "triggers", "has more than 20 triggers");
        Require(definition.Nodes.Count is >= 1 and <= 1_000, "nodes", "needs 1 to 1,000 nodes");
        Require(definition.ExitTagIds.Count + definition.ExitTags.Count <= 20, "exit_tags", "has more than 20 tags");
        Require(definition.Goals.Count <= 20, "goals", "has more than 20 goals");
        for (var i = 0; ok && i < definition.Nodes.Count; i++)
        {
            Require(definition.Nodes[i].Branch is null or { Branches.Count: >= 1 and <= 20 }, $"nodes[{i}].branch.branches", "needs 1 to 20 branches");
        }

        return ok;

        void Require(bool holds, string path, string description)
        {
            ok &= holds;
            faults.Require(holds, path, description);
        }
    }

    private static void CheckTrigger(Trigger trigger, string path, Faults faults)
    {
        switch (trigger.KindCase)
        {
            case Trigger.KindOneofCase.Tag:
                CheckTagTrigger(trigger.Tag, $"{path}.tag", faults);
                break;
            case Trigger.KindOneofCase.Activity:
                CheckActivityTrigger(trigger.Activity, $"{path}.activity", faults);
                break;
            case Trigger.KindOneofCase.Stage:
                var stage = trigger.Stage;
                faults.Require(
                    (stage.Stage.Length == 0) == (stage.Pipeline.Length == 0), $"{path}.stage", "needs both pipeline and stage, or neither for any stage");
                break;
            case Trigger.KindOneofCase.SegmentEntered:
                var segment = trigger.SegmentEntered;
                faults.Require(segment.SegmentId.Length + segment.Segment.Length > 0, $"{path}.segment_entered", "needs a segment");
                break;
            case Trigger.KindOneofCase.ContactCreated:
                break;
            default:
                faults.Require(false, path, "needs a kind: tag, contact_created, activity, stage or segment_entered");
                break;
        }
    }

    private static void CheckTagTrigger(TagTrigger trigger, string path, Faults faults)
    {
        var named = trigger.TagIds.Count + trigger.Tags.Count > 0 ? 1 : 0;
        var ways = named + (trigger.NamePrefix.Length > 0 ? 1 : 0) + (trigger.Any ? 1 : 0);
        faults.Require(ways == 1, path, "needs exactly one of tags, name_prefix and any");
        faults.Require(trigger.TagIds.Count <= 1_000 && trigger.Tags.Count <= 1_000, $"{path}.tags", "has more than 1,000 tags");
        faults.Require(Enum.IsDefined(trigger.Change), $"{path}.change", "is not a tag change");
    }

    private static void CheckActivityTrigger(ActivityTrigger trigger, string path, Faults faults)
    {
        var custom = trigger.Kind is ActivityClause.Types.Kind.Custom;
        faults.Require(
            trigger.Kind is not ActivityClause.Types.Kind.Unspecified && Enum.IsDefined(trigger.Kind), $"{path}.kind", "is required");
        faults.Require(custom == (trigger.EventName.Length > 0), $"{path}.event_name", "is required for custom events and for nothing else");
        faults.Require(trigger.EventName.Length <= 200, $"{path}.event_name", "is longer than 200 characters");
        faults.Require(
            trigger.LinkPrefix.Length == 0 || trigger.Kind is ActivityClause.Types.Kind.Clicked, $"{path}.link_prefix", "is for clicks only");
        faults.Require(
            trigger.CampaignId.Length == 0 || Guid.TryParse(trigger.CampaignId, out _), $"{path}.campaign_id", "is not a campaign id");
    }

    private static void CheckNodes(Definition definition, Faults faults)
    {
        var ids = definition.Nodes.Select(node => node.Id).ToHashSet();
        var seen = new HashSet<string>();
        var unreachable = DefinitionGraph.Unreachable(definition);
        for (var i = 0; i < definition.Nodes.Count; i++)
        {
            var node = definition.Nodes[i];
            var nodePath = $"nodes[{i}]";
            faults.Require(NodeId().IsMatch(node.Id), $"{nodePath}.id", "must be 1 to 40 characters of a-z, 0-9, - and _");
            faults.Require(seen.Add(node.Id), $"{nodePath}.id", $"\"{node.Id}\" is used twice");
            faults.Require(!unreachable.Contains(node.Id), nodePath, $"no way leads to \"{node.Id}\"");
            faults.Require(node.Description.Length <= 2_000, $"{nodePath}.description", "is longer than 2,000 characters");
            foreach (var (field, target) in NodeFacts.Of(node).Ways)
            {
                faults.Require(target.Length == 0 || ids.Contains(target), $"{nodePath}.{field}", $"there is no node \"{target}\"");
            }

            NodeCheck.Check(node, nodePath, faults);
        }

        var circle = DefinitionGraph.CircleWithoutWait(definition);
        faults.Require(circle is null, "nodes", $"form a loop without a wait: {string.Join(" > ", circle ?? [])}");
    }

    [GeneratedRegex("^[a-z0-9_-]{1,40}\\z", RegexOptions.NonBacktracking)]
    private static partial Regex NodeId();
}
