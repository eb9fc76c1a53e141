using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Governance;

/// <summary>The change does exactly what the preview predicted.</summary>
public sealed class WhatIfTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private static readonly (string Name, string Filter)[] s_segments =
    [
        ("01 from", "has tag \"vip\""),
        ("02 into", "has tag \"VIP\""),
        ("03 not into", "has none of tags (\"VIP\", \"Other\")"),
        ("04 all", "has all tags (\"VIP\", \"Other\")"),
        ("05 prefix of from", "has tag starting with \"vi\""),
        ("06 prefix of into", "has tag starting with \"VI\""),
        ("07 no prefix of from", "has no tag starting with \"vi\""),
        ("08 added lately", "tag \"VIP\" added in last 7 days"),
        ("09 added long ago", "tag \"VIP\" added more than 7 days ago"),
        ("10 no tag", "has no tag"),
        ("11 in from", "in segment \"01 from\""),
        ("12 not in into", "NOT in segment \"02 into\""),
        ("13 untouched", "has tag \"Other\""),
        ("14 prefix of all", "has tag starting with \"V\" OR has tag starting with \"v\""),
    ];

    // By name: the filter, and whether each of the tags vip and VIP includes (1) or excludes (-1).
    private static readonly (string Name, string Filter, int From, int Into)[] s_lists =
    [
        ("20 from puts in", "has tag \"Other\"", 1, 0),
        ("21 from keeps out", "everyone", -1, 0),
        ("22 into puts in", "has tag \"Other\"", 0, 1),
        ("23 into keeps out", "has tag starting with \"vi\"", 0, -1),
        ("24 untouched", "has tag \"Other\"", 0, 0),
    ];

    private GovernanceService.GovernanceServiceClient Governance => new(shared.Apps.Channel(Service.Tags));

    [Fact]
    public async Task A_merge_does_what_was_foretold()
    {
        var (account, from, into) = await ArrangeAsync();
        var before = await CountsAsync(account);
        var preview = await PreviewAsync(account, new() { TagId = from, MergeIntoTagId = into });

        await Governance.MergeTagsAsync(new MergeTagsRequest { Account = account.Name, FromTagId = from, IntoTagId = into, Force = true });

        AssertForetold(before, await CountsAsync(account), preview);
        Assert.Equal(["01 from", "11 in from"], preview.Segments.Where(effect => effect.Problem.Length > 0).Select(effect => effect.Name));
    }

    [Fact]
    public async Task A_deletion_does_what_was_foretold()
    {
        var (account, from, _) = await ArrangeAsync();
        var before = await CountsAsync(account);
        var preview = await PreviewAsync(account, new() { TagId = from });

        await account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = from, Force = true });

        AssertForetold(before, await CountsAsync(account), preview);
        Assert.Equal(["20 from puts in", "21 from keeps out"], preview.SmartLists.Where(effect => effect.Problem.Length > 0).Select(effect => effect.Name));
        Assert.Equal((3, 0), (preview.ContactsLosing, preview.ContactsGaining));
    }

    [Fact]
    public async Task A_rename_does_what_was_foretold()
    {
        var (account, from, _) = await ArrangeAsync();
        var before = await CountsAsync(account);
        var preview = await PreviewAsync(account, new() { TagId = from, NewName = "VIP Customer" });

        await account.Tags.UpdateTagAsync(new UpdateTagRequest { Account = account.Name, Tag = new Tag { TagId = from, Name = "VIP Customer" } });

        AssertForetold(before, await CountsAsync(account), preview);
        Assert.Equal(
            ["05 prefix of from", "06 prefix of into", "07 no prefix of from"],
            preview.Segments.Where(effect => effect.CountBefore != effect.CountAfter).Select(effect => effect.Name));
        Assert.Equal(0, preview.ContactsLosing);
    }

    [Fact]
    public async Task Tells_which_workflows_a_merge_would_start_and_which_it_breaks()
    {
        var (account, from, into) = await ArrangeAsync();
        await PublishAsync(account, "On VIP", "change: added, tags: [\"VIP\"]", "Other");
        await PublishAsync(account, "Lost vip", "change: removed, tags: [\"vip\"]", "Other");
        await PublishAsync(account, "By prefix", "change: added, name_prefix: \"VI\"", "Other");
        await PublishAsync(account, "Gives vip", "change: added, tags: [\"Other\"]", "vip");

        var merge = await PreviewAsync(account, new() { TagId = from, MergeIntoTagId = into });
        var deletion = await PreviewAsync(account, new() { TagId = from });
        var rename = await PreviewAsync(account, new() { TagId = from, NewName = "VIP Customer" });

        Assert.Equal(
            [("By prefix", 2, false), ("Gives vip", 0, true), ("Lost vip", 3, true), ("On VIP", 2, false)],
            merge.Workflows.Select(effect => (effect.Name, effect.Starts, effect.Breaks)));
        Assert.Equal([("Gives vip", 0, true), ("Lost vip", 0, true)], deletion.Workflows.Select(effect => (effect.Name, effect.Starts, effect.Breaks)));
        Assert.Equal([("By prefix", true)], rename.Workflows.Select(effect => (effect.Name, effect.TriggerChanges)));
    }

    [Fact]
    public async Task A_new_name_is_checked_like_that_of_a_new_tag()
    {
        var (account, from, into) = await ArrangeAsync();

        var findings = (await PreviewAsync(account, new() { TagId = from, NewName = "V.I.P." })).Findings;
        var taken = await Expect.FailureAsync(() => PreviewAsync(account, new() { TagId = from, NewName = "VIP" }));
        var both = await Expect.FailureAsync(() => PreviewAsync(account, new() { TagId = from, NewName = "New", MergeIntoTagId = into }));

        Assert.Contains(into, Assert.Single(findings).TagIds);
        taken.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists);
        both.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "new_name");
    }

    // Contacts 1 to 3 have vip, 3 to 4 have VIP, 4 to 5 have Other, 6 has nothing.
    private async Task<(TagAccount Account, int From, int Into)> ArrangeAsync()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        for (var contact = 1; contact <= 6; contact++)
        {
            await account.NewContactAsync();
        }

        var (from, into, other) = (await account.NewTagAsync("vip"), await account.NewTagAsync("VIP"), await account.NewTagAsync("Other"));
        await account.BulkAsync([1, 2, 3], [from]);
        await account.BulkAsync([3, 4], [into]);
        await account.BulkAsync([4, 5], [other]);
        foreach (var (name, filter) in s_segments)
        {
            await shared.Apps.Segments.CreateSegmentAsync(
                new CreateSegmentRequest { Account = account.Name, Segment = new Segment { Name = name }, Text = filter });
        }

        foreach (var (name, filter, ofFrom, ofInto) in s_lists)
        {
            int Tag(int use) => ofFrom == use ? from : ofInto == use ? into : 0;
            var list = new SmartList { Name = name, IncludeTagId = Tag(1), ExcludeTagId = Tag(-1) };
            await shared.Apps.SmartLists.CreateSmartListAsync(new CreateSmartListRequest { Account = account.Name, SmartList = list, Text = filter });
        }

        return (account, from, into);
    }

    private async Task<PreviewTagChangeResponse> PreviewAsync(TagAccount account, PreviewTagChangeRequest request)
    {
        request.Account = account.Name;
        return await Governance.PreviewTagChangeAsync(request);
    }

    private async Task<Dictionary<string, int?>> CountsAsync(TagAccount account)
    {
        var counts = new Dictionary<string, int?>();
        foreach (var (name, source) in s_segments.Select(segment => (segment.Item1, new FilterSource { SegmentName = segment.Item1 }))
            .Concat(s_lists.Select(list => (list.Name, new FilterSource { SmartListName = list.Name }))))
        {
            var request = new CountContactsRequest { Account = account.Name, Source = source };
            try
            {
                counts[name] = (await shared.Apps.Segments.CountContactsAsync(request)).Count;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.FailedPrecondition)
            {
                counts[name] = null;
            }
        }

        return counts;
    }

    // Counts without a prediction stay the same; predicted ones change exactly.
    private static void AssertForetold(Dictionary<string, int?> before, Dictionary<string, int?> after, PreviewTagChangeResponse preview)
    {
        var foretold = preview.Segments.Select(effect => (effect.Name, effect.CountBefore, After: effect.HasCountAfter ? effect.CountAfter : (int?)null))
            .Concat(preview.SmartLists.Select(effect => (effect.Name, effect.CountBefore, After: effect.HasCountAfter ? effect.CountAfter : (int?)null)))
            .ToDictionary(effect => effect.Name);
        Assert.NotEmpty(preview.Segments);
        foreach (var (name, count) in before)
        {
            var isForetold = foretold.TryGetValue(name, out var effect);
            Assert.Equal((name, count), (name, isForetold ? effect.CountBefore : count));
            Assert.Equal((name, after[name]), (name, isForetold ? effect.After : count));
        }
    }

    private async Task PublishAsync(TagAccount account, string name, string trigger, string tag)
    {
        var yaml = $$"""
            name: {{name}}
            triggers:
              - tag: { {{trigger}} }
            nodes:
              - id: first
                add_tag: { tag: "{{tag}}" }
            """;
        var created = await shared.Apps.Workflows.CreateWorkflowAsync(new CreateWorkflowRequest { Account = account.Name, Yaml = yaml });
        await shared.Apps.Workflows.PublishWorkflowAsync(
            new PublishWorkflowRequest { Account = account.Name, WorkflowId = created.Workflow.WorkflowId, AcceptLoops = true });
    }
}
