using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Filters.Tree;
using TagSegments.Tags.Crm.Accounts;
using TagSegments.Tags.Tagging.Naming;
using TagSegments.Tags.Tagging.Usages;

namespace TagSegments.Tags.Tagging.Governance;

/// <summary>Previews the effect of a library change on segments and workflows.</summary>
internal sealed class TagWhatIf(NamingStore naming, TagUsers users, GovernanceStore store, TimeProvider time)
{
    /// <summary>Counts the living holders of the tag, and how many of them lack the tag into which it would be merged.</summary>
    public Task<(int Holders, int Without)> HoldersAsync(int accountId, TagChange change, CancellationToken ct) =>
        store.CompareAsync(accountId, change.TagId, change.IntoTagId, ct);

    /// <summary>Counts, for each segment and smart list that the change concerns, who matches now and who would.</summary>
    public async Task<(List<SegmentEffect> Segments, List<SmartListEffect> Lists)> FiltersAsync(AccountInfo account, TagChange change, CancellationToken ct)
    {
        var names = (await naming.NamesAsync(account.Id, ct)).ToDictionary(tag => tag.TagId, tag => tag.Name);
        var valid = (await users.SegmentsAsync(account.Name, ct).ToListAsync(ct)).Where(segment => segment.State == Segment.Types.State.Valid)
            .ToDictionary(segment => segment.SegmentId);
        var rewrite = new FilterRewrite(change, names, valid, TimeZones.Get(account.TimeZone), time.GetUtcNow(), ct);
        var (segments, lists) = (new List<SegmentEffect>(), new List<SmartListEffect>());
        foreach (var segment in valid.Values.OrderBy(segment => segment.Name, StringComparer.Ordinal))
        {
            if (await EffectAsync(account.Name, rewrite, segment.Filter, ct) is var (before, after, problem))
            {
                var effect = new SegmentEffect { SegmentId = segment.SegmentId, Name = segment.Name, CountBefore = before, Problem = problem };
                segments.Add(effect);
                Set(after, count => effect.CountAfter = count);
            }
        }

        await foreach (var list in users.SmartListsAsync(account.Name, ct).Where(list => list.State == SmartList.Types.State.Valid))
        {
            if (await EffectAsync(account.Name, rewrite, FilterTree.SmartList(list.Filter, list.IncludeTagId, list.ExcludeTagId), ct) is var (before, after, problem))
            {
                var effect = new SmartListEffect { SmartListId = list.SmartListId, Name = list.Name, CountBefore = before, Problem = problem };
                lists.Add(effect);
                Set(after, count => effect.CountAfter = count);
            }
        }

        return (segments, lists);
    }

    /// <summary>Finds the published workflows that the change concerns; a merge makes <paramref name="gaining"/> and <paramref name="losing"/> events.</summary>
    public async Task<List<WorkflowEffect>> WorkflowsAsync(AccountInfo account, TagChange change, int gaining, int losing, CancellationToken ct)
    {
        var names = (await naming.NamesAsync(account.Id, ct)).ToDictionary(tag => tag.TagId, tag => tag.Name);
        var effects = new List<WorkflowEffect>();
        await foreach (var workflow in users.WorkflowsAsync(account.Name, 0, ct))
        {
            if (workflow.State == Workflow.Types.State.Published)
            {
                var published = await users.WorkflowAsync(account.Name, workflow.WorkflowId, workflow.PublishedVersion, ct);
                var effect = Effect(workflow, published.Definition, change, names, gaining, losing);
                if (effect is { Starts: > 0 } or { Breaks: true } or { TriggerChanges: true })
                {
                    effects.Add(effect);
                }
            }
        }

        return effects;
    }

    // Null where the change does not concern the filter.
    private async Task<(int Before, int? After, string Problem)?> EffectAsync(
        string account, FilterRewrite rewrite, Filter filter, CancellationToken ct)
    {
        var before = 0;
        ct.ThrowIfCancellationRequested();
        try
        {
            var now = rewrite.Inline(filter);
            var breaks = rewrite.Breaks(now);
            var then = breaks ? now : rewrite.After(now);
            if (!breaks && then.Equals(now))
            {
                return null;
            }

            before = await CountAsync(account, now, ct);
            return breaks ? (before, null, "It refers to the tag that would be removed.") : (before, await CountAsync(account, then, ct), "");
        }
        catch (FilterException e)
        {
            return (before, null, $"It cannot be counted beforehand: {e.Message}");
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.InvalidArgument or StatusCode.FailedPrecondition)
        {
            // With the filters of other segments in it, it may be larger than a filter may be.
            return (before, null, $"It cannot be counted beforehand: {e.Status.Detail}");
        }
    }

    private static void Set(int? count, Action<int> set)
    {
        if (count is { } known)
        {
            set(known);
        }
    }

    private async Task<int> CountAsync(string account, Filter filter, CancellationToken ct)
    {
        var request = new CountContactsRequest { Account = account, Source = new FilterSource { Filter = filter } };
        return (await users.Segments.CountContactsAsync(request, cancellationToken: ct)).Count;
    }

    private static WorkflowEffect Effect(
        Workflow workflow, Definition definition, TagChange change, Dictionary<int, string> names, int gaining, int losing)
    {
        var triggers = definition.Triggers.Where(trigger => trigger.Tag is not null).Select(trigger => trigger.Tag).ToList();
        var byAdding = triggers.Exists(t => t.Change != TagTrigger.Types.Change.Removed && Matches(t, change.IntoTagId, names.GetValueOrDefault(change.IntoTagId, "")));
        var byRemoving = triggers.Exists(t => t.Change == TagTrigger.Types.Change.Removed && Matches(t, change.TagId, names.GetValueOrDefault(change.TagId, "")));
        return new WorkflowEffect
        {
            WorkflowId = workflow.WorkflowId,
            Name = workflow.Name,
            Starts = change.IsMerge ? (byAdding ? gaining : 0) + (byRemoving ? losing : 0) : 0,
            Breaks = !change.IsRename && TagReferences.In(definition).Contains(change.TagId),
            TriggerChanges = change.IsRename && triggers.Exists(
                t => t.NamePrefix.Length > 0 && StartsWith(t, names.GetValueOrDefault(change.TagId, "")) != StartsWith(t, change.NewName)),
        };
    }

    private static bool Matches(TagTrigger trigger, int tagId, string name) =>
        trigger.Any || trigger.TagIds.Contains(tagId) || (trigger.NamePrefix.Length > 0 && StartsWith(trigger, name));

    private static bool StartsWith(TagTrigger trigger, string name) => name.StartsWith(trigger.NamePrefix, StringComparison.Ordinal);
}
