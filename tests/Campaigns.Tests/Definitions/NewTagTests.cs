using Crm.Campaigns.V1;
using Crm.Errors.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Campaigns.Tests.Definitions;

// A campaign may name tags that do not exist. They come into being with the campaign or not at all.
public sealed class NewTagTests(CampaignWorld world) : IClassFixture<CampaignWorld>
{
    [Fact]
    public async Task A_campaign_creates_the_tags_that_it_names()
    {
        var account = await world.Apps.NewAccountAsync();
        var known = (await world.Apps.Tags.CreateTagAsync(new() { Account = account, Tag = new() { Name = "Known" } })).Tag.TagId;

        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.RecipientTagNames.Add(["Known", "New", "New"]));

        Assert.Equal(["Known", "New"], await TagsAsync(account));
        Assert.Equal(2, campaign.RecipientTagIds.Count);
        Assert.Contains(known, campaign.RecipientTagIds);
        Assert.Empty(campaign.RecipientTagNames);
        Assert.Equal(1, campaign.Version);
    }

    [Fact]
    public async Task A_campaign_whose_name_is_taken_leaves_no_tags()
    {
        var account = await world.Apps.NewAccountAsync();
        var taken = await world.CreateAsync(account, CampaignWorld.Everyone);

        var error = await Expect.FailureAsync(() => world.CreateAsync(account, CampaignWorld.Everyone, c =>
        {
            c.Name = taken.Name;
            c.RecipientTagNames.Add("New");
        }));

        error.Is(StatusCode.AlreadyExists, ErrorReason.AlreadyExists);
        Assert.Empty(await TagsAsync(account));
    }

    [Fact]
    public async Task If_one_tag_cannot_be_created_none_stays_and_there_is_no_campaign()
    {
        var account = await world.Apps.NewAccountAsync();

        var error = await Expect.FailureAsync(
            () => world.CreateAsync(account, CampaignWorld.Everyone, c => c.RecipientTagNames.Add(["New", new string('x', 10_000)])));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField);
        Assert.Empty(await TagsAsync(account));
        Assert.Empty((await world.Campaigns.ListCampaignsAsync(new() { Account = account })).Campaigns);
    }

    [Fact]
    public async Task A_change_that_is_refused_leaves_no_tags()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone);
        var change = new Campaign { CampaignId = campaign.CampaignId, Version = campaign.Version + 1, RecipientTagNames = { "New" } };

        var error = await Expect.FailureAsync(() => UpdateAsync(account, change));

        error.Is(StatusCode.Aborted, ErrorReason.VersionMismatch);
        Assert.Empty(await TagsAsync(account));
    }

    [Fact]
    public async Task A_change_creates_the_tags_that_it_names_as_one_version()
    {
        var account = await world.Apps.NewAccountAsync();
        var campaign = await world.CreateAsync(account, CampaignWorld.Everyone, c => c.RecipientTagNames.Add("Old"));

        var changed = await UpdateAsync(account, new Campaign { CampaignId = campaign.CampaignId, RecipientTagNames = { "New" } });

        Assert.Equal(["New", "Old"], await TagsAsync(account));
        Assert.NotEqual(campaign.RecipientTagIds, changed.RecipientTagIds);
        Assert.Single(changed.RecipientTagIds);
        Assert.Equal(campaign.Version + 1, changed.Version);
    }

    private async Task<Campaign> UpdateAsync(string account, Campaign change) => (await world.Campaigns.UpdateCampaignAsync(
        new() { Account = account, Campaign = change, UpdateMask = new() { Paths = { "recipient_tag_ids" } } })).Campaign;

    private async Task<List<string>> TagsAsync(string account) =>
        [.. (await world.Apps.Tags.ListTagsAsync(new() { Account = account })).Tags.Select(tag => tag.Name)];
}
