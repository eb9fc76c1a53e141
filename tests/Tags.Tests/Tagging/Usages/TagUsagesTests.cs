using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Usages;

public sealed class TagUsagesTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private GovernanceService.GovernanceServiceClient Governance => new(shared.Apps.Channel(Service.Tags));

    [Fact]
    public async Task Lists_segments_campaigns_and_workflows_that_use_a_tag()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var (hot, warm, cold) = (await account.NewTagAsync("Hot"), await account.NewTagAsync("Warm"), await account.NewTagAsync("Cold"));
        await SegmentAsync(account, "Engaged", "has tag \"Hot\" AND NOT has tag \"Cold\"");
        await CampaignAsync(account, "Spring", "everyone", "Hot");
        await CampaignAsync(account, "Summer", "tag \"Hot\" added in last 7 days", "Warm");
        await WorkflowAsync(account, "Nurture", "Hot", "Warm");

        Assert.Equal(["campaign Spring", "campaign Summer", "segment Engaged", "workflow Nurture"], await UsersAsync(account, hot));
        Assert.Equal(["campaign Summer", "workflow Nurture"], await UsersAsync(account, warm));
        Assert.Equal(["segment Engaged"], await UsersAsync(account, cold));
    }

    [Fact]
    public async Task A_smart_list_uses_the_tags_of_its_filter_and_those_that_edit_it_by_hand()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var (hot, included, excluded) = (await account.NewTagAsync("Hot"), await account.NewTagAsync("In"), await account.NewTagAsync("Out"));
        var list = new SmartList { Name = "Calls", IncludeTagId = included, ExcludeTagId = excluded };
        await shared.Apps.SmartLists.CreateSmartListAsync(new() { Account = account.Name, SmartList = list, Text = "has tag \"Hot\"" });

        foreach (var tagId in new[] { hot, included, excluded })
        {
            Assert.Equal(["smart_list Calls"], await UsersAsync(account, tagId));
            var error = await Expect.FailureAsync(() => account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = tagId }).ResponseAsync);
            Assert.Equal("smart_list:Calls", error.Is(StatusCode.FailedPrecondition, ErrorReason.InUse).Metadata["used_by"]);
        }
    }

    [Fact]
    public async Task A_campaign_that_has_ended_uses_no_tag_any_more()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var got = await account.NewTagAsync("Got It");
        var campaign = await CampaignAsync(account, "Spring", "everyone", "Got It");

        await shared.Apps.Campaigns.CancelCampaignAsync(new CancelCampaignRequest { Account = account.Name, CampaignId = campaign.CampaignId });

        Assert.Empty(await UsersAsync(account, got));
    }

    [Theory]
    [InlineData("segment")]
    [InlineData("campaign")]
    [InlineData("workflow")]
    public async Task Deletion_is_refused_while_a_tag_is_in_use(string user)
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var hot = await account.NewTagAsync("Hot");
        await account.NewTagAsync("Warm");
        await (user switch
        {
            "segment" => SegmentAsync(account, "User", "has tag \"Hot\""),
            "campaign" => CampaignAsync(account, "User", "everyone", "Hot"),
            _ => WorkflowAsync(account, "User", "Hot", "Warm"),
        });

        var error = await Expect.FailureAsync(() => account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = hot }).ResponseAsync);

        Assert.Equal($"{user}:User", error.Is(StatusCode.FailedPrecondition, ErrorReason.InUse).Metadata["used_by"]);
        Assert.Null((await account.GetTagAsync(hot)).DeleteTime);
    }

    [Fact]
    public async Task After_a_forced_deletion_dependants_are_visibly_invalid_until_the_tag_is_restored()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactAsync();
        var hot = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(1, hot);
        await SegmentAsync(account, "Engaged", "has tag \"Hot\"");
        var campaign = await CampaignAsync(account, "Spring", "has tag \"Hot\"", "Hot");

        await account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = hot, Force = true });

        var segment = await GetSegmentAsync(account, "Engaged");
        Assert.Equal(Segment.Types.State.Invalid, segment.State);
        Assert.Contains("tag", segment.Problems.Single(), StringComparison.Ordinal);
        var send = await Expect.FailureAsync(() => shared.Apps.Campaigns.SendCampaignAsync(
            new SendCampaignRequest { Account = account.Name, CampaignId = campaign.CampaignId }).ResponseAsync);
        send.Is(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing);

        await account.Tags.RestoreTagAsync(new RestoreTagRequest { Account = account.Name, TagId = hot });

        Assert.Equal(Segment.Types.State.Valid, (await GetSegmentAsync(account, "Engaged")).State);
        var count = new CountContactsRequest { Account = account.Name, Source = new FilterSource { SegmentName = "Engaged" } };
        Assert.Equal(1, (await shared.Apps.Segments.CountContactsAsync(count)).Count);
    }

    [Fact]
    public async Task The_dictionary_tells_what_a_tag_means_when_to_apply_it_who_owns_it_and_what_uses_it()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(3);
        var tag = new Tag
        {
            Name = "Hot Lead",
            Description = "Wants to buy soon.",
            WhenToApply = "After a demo.",
            Examples = "Asked for a quote.",
            Owner = "sales@example.com",
        };
        var tagId = (await account.Tags.CreateTagAsync(new CreateTagRequest { Account = account.Name, Tag = tag })).Tag.TagId;
        await account.NewTagAsync("Warm");
        await account.BulkAsync([1, 2], [tagId]);
        await SegmentAsync(account, "Engaged", "has tag \"Hot Lead\"");
        await WorkflowAsync(account, "Nurture", "Hot Lead", "Warm");

        var markdown = await DictionaryAsync(account, GetTagDictionaryRequest.Types.Format.Markdown);
        var html = await DictionaryAsync(account, GetTagDictionaryRequest.Types.Format.Html);

        var expected = """
            ## Hot Lead

            Wants to buy soon.

            - **When to apply:** After a demo.
            - **Examples:** Asked for a quote.
            - **Owner:** sales@example.com
            - **Contacts:** 2
            - **Used by:** segment Engaged, workflow Nurture

            """;
        Assert.Contains(expected.ReplaceLineEndings(), markdown, StringComparison.Ordinal);
        Assert.Contains("<td>After a demo.</td><td>Asked for a quote.</td><td>sales@example.com</td><td>2</td>", html, StringComparison.Ordinal);
    }

    private async Task<string[]> UsersAsync(TagAccount account, int tagId)
    {
        var answer = await Governance.ListTagUsagesAsync(new ListTagUsagesRequest { Account = account.Name, TagId = tagId });
        return [.. answer.Usages.Select(usage => $"{usage.Resource} {usage.Name}").Order(StringComparer.Ordinal)];
    }

    private async Task<string> DictionaryAsync(TagAccount account, GetTagDictionaryRequest.Types.Format format) =>
        (await Governance.GetTagDictionaryAsync(new GetTagDictionaryRequest { Account = account.Name, Format = format })).Text;

    private async Task<Segment> GetSegmentAsync(TagAccount account, string name) =>
        (await shared.Apps.Segments.GetSegmentAsync(new GetSegmentRequest { Account = account.Name, Name = name })).Segment;

    private async Task SegmentAsync(TagAccount account, string name, string filter) =>
        await shared.Apps.Segments.CreateSegmentAsync(
            new CreateSegmentRequest { Account = account.Name, Segment = new Segment { Name = name }, Text = filter });

    private async Task<Campaign> CampaignAsync(TagAccount account, string name, string filter, string recipientTag)
    {
        var campaign = new Campaign
        {
            Name = name,
            Message = new Message { Subject = "Hello", Text = "Hello" },
            Audience = new Audience { Include = { new FilterSource { Text = filter } } },
            RecipientTagNames = { recipientTag },
        };
        return (await shared.Apps.Campaigns.CreateCampaignAsync(new CreateCampaignRequest { Account = account.Name, Campaign = campaign })).Campaign;
    }

    private async Task WorkflowAsync(TagAccount account, string name, string trigger, string action)
    {
        var yaml = $$"""
            name: {{name}}
            triggers:
              - tag: { change: added, tags: ["{{trigger}}"] }
            nodes:
              - id: first
                add_tag: { tag: "{{action}}" }
            """;
        await shared.Apps.Workflows.CreateWorkflowAsync(new CreateWorkflowRequest { Account = account.Name, Yaml = yaml });
    }
}
