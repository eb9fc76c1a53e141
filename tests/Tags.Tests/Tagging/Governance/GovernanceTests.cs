using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Governance;

public sealed class GovernanceTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private GovernanceService.GovernanceServiceClient Governance => new(shared.Apps.Channel(Service.Tags));

    [Fact]
    public async Task An_enforced_policy_refuses_names_and_suggests_better_ones()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var old = await account.NewTagAsync("cold");
        await SetPolicyAsync(account, NamingPolicy.Types.Mode.Enforce);

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.NamingPolicy, () => account.CreateTagAsync("hot lead"), "tag.name");
        var rename = new UpdateTagRequest { Account = account.Name, Tag = new Tag { TagId = old, Name = "warm" } };
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.NamingPolicy,
            () => account.Tags.UpdateTagAsync(rename).ResponseAsync,
            "tag.name");
        Assert.Equal("Hot Lead", (await account.CreateTagAsync("Hot Lead")).Name);

        await SetPolicyAsync(account, NamingPolicy.Types.Mode.Warn);
        Assert.Equal("hot", (await account.CreateTagAsync("hot")).Name);
    }

    [Fact]
    public async Task Near_duplicates_are_named_before_creation()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var vip = await account.NewTagAsync("VIP");

        var check = await Governance.CheckTagNameAsync(new CheckTagNameRequest { Account = account.Name, Name = " vip " });

        Assert.Equal("vip", check.Normalized);
        Assert.Equal([vip], Assert.Single(check.Findings, finding => finding.Kind == TagFinding.Types.Kind.NearDuplicate).TagIds);
    }

    [Fact]
    public async Task An_audit_finds_unused_stale_alike_and_unlawful_tags()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(2);
        await SetPolicyAsync(account, NamingPolicy.Types.Mode.Warn);
        var (hot, hots, cold) = (await account.NewTagAsync("Hot"), await account.NewTagAsync("Hots"), await account.NewTagAsync("cold"));
        await account.AddTagsAsync(1, hot, cold);
        await AgeAsync(account, cold, days: 200);

        var audit = await Governance.AuditTagsAsync(new AuditTagsRequest { Account = account.Name });

        Assert.Equal(
            [
                (TagFinding.Types.Kind.Policy, new[] { cold }),
                (TagFinding.Types.Kind.NearDuplicate, new[] { hot, hots }),
                (TagFinding.Types.Kind.Unused, new[] { hots }),
                (TagFinding.Types.Kind.Stale, new[] { cold }),
            ],
            audit.Findings.Select(finding => (finding.Kind, finding.TagIds.ToArray())));
        Assert.Equal(3, audit.Tags);
    }

    [Fact]
    public async Task Merge_gives_holders_the_other_tag_once_and_starts_no_workflow_unless_asked()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(10);
        var (from, into) = (await account.NewTagAsync("vip"), await account.NewTagAsync("VIP"));
        await account.BulkAsync(Enumerable.Range(1, 6), [from]);
        await account.BulkAsync(Enumerable.Range(5, 4), [into]);
        var preview = await Governance.PreviewTagChangeAsync(
            new PreviewTagChangeRequest { Account = account.Name, TagId = from, MergeIntoTagId = into });

        var merged = await Governance.MergeTagsAsync(new MergeTagsRequest { Account = account.Name, FromTagId = from, IntoTagId = into });

        Assert.Equal((4, 8), (merged.Gained, merged.Tag.ContactCount));
        Assert.Equal((6, 4), (preview.ContactsLosing, preview.ContactsGaining));
        var events = await account.EventsAsync(request => request.CauseKind = Cause.Types.Kind.Merge);
        Assert.Equal([1, 2, 3, 4], events.Where(e => e.TagId == into).Select(e => e.ContactId));
        Assert.All(events, e => Assert.True(e.SkipWorkflows));
        Assert.NotNull((await account.GetTagAsync(from)).DeleteTime);
        Assert.Equal(["VIP"], await account.TagsOfAsync(5));
    }

    [Fact]
    public async Task Two_merges_of_the_same_tags_at_once_leave_one()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(10);
        var (a, b) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"));
        await account.BulkAsync(Enumerable.Range(1, 10), [a]);

        var outcomes = await Task.WhenAll(MergesAsync(a, b), MergesAsync(b, a));

        Assert.Single(outcomes, merged => merged);
        Assert.Equal(10, (await account.GetTagAsync(a)).ContactCount + (await account.GetTagAsync(b)).ContactCount);

        async Task<bool> MergesAsync(int from, int into)
        {
            try
            {
                await Governance.MergeTagsAsync(new MergeTagsRequest { Account = account.Name, FromTagId = from, IntoTagId = into });
                return true;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.NotFound)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task A_tag_in_use_is_deleted_or_merged_away_by_force_only()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var (hot, warm) = (await account.NewTagAsync("Hot"), await account.NewTagAsync("Warm"));
        await shared.Apps.Segments.CreateSegmentAsync(new CreateSegmentRequest
        {
            Account = account.Name,
            Segment = new Segment { Name = "Engaged" },
            Text = "has tag \"Hot\"",
        });

        var usages = (await Governance.ListTagUsagesAsync(new ListTagUsagesRequest { Account = account.Name, TagId = hot })).Usages;
        Assert.Equal(("segment", "Engaged"), (Assert.Single(usages).Resource, usages[0].Name));
        Assert.Empty((await Governance.ListTagUsagesAsync(new ListTagUsagesRequest { Account = account.Name, TagId = warm })).Usages);

        var merge = new MergeTagsRequest { Account = account.Name, FromTagId = hot, IntoTagId = warm };
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.InUse, () => Governance.MergeTagsAsync(merge).ResponseAsync);
        var delete = new DeleteTagRequest { Account = account.Name, TagId = hot };
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.InUse, () => account.Tags.DeleteTagAsync(delete).ResponseAsync);

        delete.Force = true;
        Assert.NotNull((await account.Tags.DeleteTagAsync(delete)).Tag.DeleteTime);
    }

    [Fact]
    public async Task The_dictionary_shows_names_as_they_are_and_runs_nothing()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(1);
        var tag = new Tag { Name = "<script>alert(1)</script>", Description = "*bold* | [x](y)" };
        await account.Tags.CreateTagAsync(new CreateTagRequest { Account = account.Name, Tag = tag });

        var markdown = await DictionaryAsync(account, GetTagDictionaryRequest.Types.Format.Markdown);
        var html = await DictionaryAsync(account, GetTagDictionaryRequest.Types.Format.Html);

        Assert.Contains(@"## \<script\>alert\(1\)\</script\>", markdown, StringComparison.Ordinal);
        Assert.Contains(@"\*bold\* \| \[x\]\(y\)", markdown, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.Contains("**Used by:** nothing", markdown, StringComparison.Ordinal);
    }

    private async Task<string> DictionaryAsync(TagAccount account, GetTagDictionaryRequest.Types.Format format) =>
        (await Governance.GetTagDictionaryAsync(new GetTagDictionaryRequest { Account = account.Name, Format = format })).Text;

    private async Task SetPolicyAsync(TagAccount account, NamingPolicy.Types.Mode mode) => await Governance.SetNamingPolicyAsync(
        new SetNamingPolicyRequest { Account = account.Name, Policy = new NamingPolicy { Mode = mode, TitleCase = true } });

    private static async Task AgeAsync(TagAccount account, int tagId, int days)
    {
        await using var database = account.Database();
        await using var command = database.CreateCommand(
            "UPDATE tags.tag_change SET at = at - make_interval(days => $1) WHERE tag_id = $2 AND account_id = $3");
        command.Parameters.AddWithValue(days);
        command.Parameters.AddWithValue(tagId);
        command.Parameters.AddWithValue(await account.IdAsync());
        await command.ExecuteNonQueryAsync();
    }
}
