using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.Definitions.References;

public sealed class ListUsagesTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Lists_segments_and_smart_lists_that_refer_to_a_thing_themselves()
    {
        var account = await AccountAsync(1);
        var (vip, included) = (await account.CreateTagAsync("VIP"), await account.CreateTagAsync("In"));
        var (score, other) = (await account.CreateFieldAsync("score", Type.Number), await account.CreateFieldAsync("other", Type.Text));
        var segment = await SaveAsync(account, "B", "has tag \"VIP\" AND score > 5");
        await SaveAsync(account, "A", "in segment \"B\" OR has none of tags (\"VIP\")");
        await SaveListAsync(account, "in segment \"B\"", list =>
        {
            list.IncludeTagId = included;
            list.Columns.Add("score");
            list.Sort = new SmartListSort { Column = "other" };
        });

        Assert.Equal(["segment A", "segment B"], await UsersAsync(new() { Account = account.Name, TagId = vip }));
        Assert.Equal(["smart_list List"], await UsersAsync(new() { Account = account.Name, TagId = included }));
        Assert.Equal(["segment B", "smart_list List"], await UsersAsync(new() { Account = account.Name, FieldId = score }));
        Assert.Equal(["smart_list List"], await UsersAsync(new() { Account = account.Name, FieldId = other }));
        Assert.Equal(["segment A", "smart_list List"], await UsersAsync(new() { Account = account.Name, SegmentId = segment.SegmentId }));
        Assert.Empty(await UsersAsync(new() { Account = account.Name, CampaignId = Guid.NewGuid().ToString() }));
    }

    [Fact]
    public async Task What_is_changed_or_deleted_refers_to_it_no_more()
    {
        var account = await AccountAsync(1);
        var vip = await account.CreateTagAsync("VIP");
        var (changed, deleted) = (await SaveAsync(account, "A", "has tag \"VIP\""), await SaveAsync(account, "B", "has tag \"VIP\""));
        var list = await SaveListAsync(account, "has tag \"VIP\"");

        await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = changed.SegmentId, Text = "everyone" });
        await Segments.DeleteSegmentAsync(new() { Account = account.Name, SegmentId = deleted.SegmentId });
        await SmartLists.DeleteSmartListAsync(new() { Account = account.Name, SmartListId = list.SmartListId });

        Assert.Empty(await UsersAsync(new() { Account = account.Name, TagId = vip }));
    }

    [Fact]
    public async Task Pages_name_each_user_once()
    {
        var account = await AccountAsync(1);
        var vip = await account.CreateTagAsync("VIP");
        for (var i = 0; i < 5; i++)
        {
            await SaveAsync(account, $"S{i}", "has tag \"VIP\"");
            await SaveListAsync(account, "has tag \"VIP\"", list => list.Name = $"L{i}");
        }

        var users = await UsersAsync(new() { Account = account.Name, TagId = vip, PageSize = 3 });

        Assert.Equal([.. Enumerable.Range(0, 5).Select(i => $"segment S{i}"), .. Enumerable.Range(0, 5).Select(i => $"smart_list L{i}")], users);
    }

    [Fact]
    public async Task What_a_campaign_or_workflow_uses_is_named_and_not_deleted_unless_forced()
    {
        var account = await Apps.NewAccountAsync();
        var segment = (await Segments.CreateSegmentAsync(new() { Account = account, Segment = new Segment { Name = "S" }, Text = "everyone" })).Segment;
        var list = (await SmartLists.CreateSmartListAsync(new() { Account = account, SmartList = new SmartList { Name = "L" }, Text = "everyone" })).SmartList;
        var campaign = (await Apps.Campaigns.CreateCampaignAsync(new()
        {
            Account = account,
            Campaign = new Campaign
            {
                Name = "C",
                Channel = Channel.Email,
                Message = new Message { Subject = "x", Text = "x" },
                Audience = new Audience
                {
                    Include = { new FilterSource { SmartListId = list.SmartListId } },
                    Exclude = { Text("first_name is empty AND in segment \"S\"") },
                },
            },
        })).Campaign;
        await Apps.Workflows.CreateWorkflowAsync(new()
        {
            Account = account,
            Yaml = """
                name: W
                triggers:
                  - segment_entered: { segment: S }
                nodes:
                  - id: done
                    end: {}
                """,
        });

        Assert.Equal(["campaign C", "workflow W"], await UsersAsync(new() { Account = account, SegmentId = segment.SegmentId, PageSize = 1 }));
        Assert.Equal(["campaign C"], await UsersAsync(new() { Account = account, SmartListId = list.SmartListId }));
        var delete = new DeleteSegmentRequest { Account = account, SegmentId = segment.SegmentId };
        var deleteList = new DeleteSmartListRequest { Account = account, SmartListId = list.SmartListId };
        var users = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.InUse, async () => await Segments.DeleteSegmentAsync(delete));
        Assert.Equal("campaign:C, workflow:W", users.Metadata["used_by"]);
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.InUse, async () => await SmartLists.DeleteSmartListAsync(deleteList));

        await Segments.DeleteSegmentAsync(new(delete) { Force = true });
        await Apps.Campaigns.CancelCampaignAsync(new() { Account = account, CampaignId = campaign.CampaignId });
        await SmartLists.DeleteSmartListAsync(deleteList);
    }

    [Fact]
    public async Task Refuses_a_call_that_names_nothing()
    {
        var account = await AccountAsync(1);

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => UsersAsync(new() { Account = account.Name }));
    }

    private async Task<List<string>> UsersAsync(ListUsagesRequest request)
    {
        var users = new List<string>();
        do
        {
            var page = await Segments.ListUsagesAsync(request);
            users.AddRange(page.Usages.Select(usage => $"{usage.Resource} {usage.Name}"));
            request.PageToken = page.NextPageToken;
        }
        while (request.PageToken.Length > 0);
        return users;
    }
}
