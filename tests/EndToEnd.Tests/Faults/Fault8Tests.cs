using Crm.Campaigns.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using TagSegments.Testing;

namespace TagSegments.EndToEnd.Tests.Faults;

/// <summary>Fault 8: two processes of every service work on the same accounts.</summary>
public sealed class Fault8Tests
{
    [Fact]
    public async Task Fault8_two_processes_of_every_service_give_the_results_of_one()
    {
        await using var apps = await TestApps.StartAsync();
        await using var tags = await apps.StartReplicaAsync(Service.Tags);
        await using var segments = await apps.StartReplicaAsync(Service.Segments);
        await using var campaigns = await apps.StartReplicaAsync(Service.Campaigns);
        await using var workflows = await apps.StartReplicaAsync(Service.Workflows);
        var story = await Story.BeginAsync(apps);
        TagService.TagServiceClient[] writers = [apps.Tags, new(tags.Channel)];
        SegmentService.SegmentServiceClient[] readers = [apps.Segments, new(segments.Channel)];

        for (var i = 0; i < Story.Contacts; i++)
        {
            // Both at once: one of them adds the tag.
            var request = new AddTagsRequest { Account = story.Account.Name, ContactId = story.ContactIds[i], TagIds = { story.TagId } };
            var added = await Task.WhenAll(writers.Select(writer => writer.AddTagsAsync(request).ResponseAsync));
            Assert.Single(added.SelectMany(response => response.AddedTagIds));
            var counts = await Task.WhenAll(readers.SelectMany(reader => added.Select(async response => (await reader.CountContactsAsync(new()
            {
                Account = story.Account.Name,
                Source = new FilterSource { Text = "has tag \"In\"" },
                AtLeast = response.ConsistencyToken,
            })).Count)));
            Assert.All(counts, count => Assert.Equal(i + 1, count));
        }

        await apps.Campaigns.SendCampaignAsync(story.Send);
        // The same call, at the other process.
        await new CampaignService.CampaignServiceClient(campaigns.Channel).SendCampaignAsync(story.Send);
        await story.RequireOneOfEachAsync();
    }
}
