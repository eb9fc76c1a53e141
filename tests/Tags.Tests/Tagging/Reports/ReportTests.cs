using Crm.Errors.V1;
using Crm.Tags.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Tags.Tests.Tagging.Reports;

public sealed class ReportTests(SharedApps shared) : IClassFixture<SharedApps>
{
    private ReportService.ReportServiceClient Reports => new(shared.Apps.Channel(Service.Tags));

    [Fact]
    public async Task History_counts_who_had_the_tag_and_lived_at_each_instant()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var contactIds = new[] { await account.NewContactAsync(), await account.NewContactAsync(), await account.NewContactAsync() };
        var hot = await account.NewTagAsync("Hot");
        await account.AddTagsAsync(contactIds[0], hot);
        await account.BulkAsync(contactIds, [hot]);
        await account.RemoveTagsAsync(contactIds[0], hot);
        await account.DeleteContactAsync(contactIds[1]);
        var events = await account.EventsAsync();
        var past = Timestamp.FromDateTime(new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var future = Timestamp.FromDateTime(new DateTime(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var response = await Reports.GetTagHistoryAsync(new GetTagHistoryRequest
        {
            Account = account.Name,
            TagIds = { hot },
            Times = { past, events[0].Time, events[1].Time, events[^1].Time, future },
        });

        Assert.Equal([0, 1, 3, 2, 1], response.Histories.Single().ContactCounts);
    }

    [Fact]
    public async Task History_remembers_who_had_the_tag_before_it_was_deleted_and_restored()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var hot = await account.NewTagAsync("Hot");
        await account.BulkAsync([1, 20_000], [hot]);
        await account.RemoveTagsAsync(20_000, hot);
        await account.Tags.DeleteTagAsync(new DeleteTagRequest { Account = account.Name, TagId = hot });
        await account.Tags.RestoreTagAsync(new RestoreTagRequest { Account = account.Name, TagId = hot });
        var events = await account.EventsAsync();

        var response = await Reports.GetTagHistoryAsync(new GetTagHistoryRequest
        {
            Account = account.Name,
            TagIds = { hot },
            Times = { events[0].Time, events[2].Time, events[3].Time, events[4].Time },
        });

        Assert.Equal([2, 1, 0, 1], response.Histories.Single().ContactCounts);
    }

    [Fact]
    public async Task Overlap_counts_contacts_with_both_tags()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        await account.NewContactsAsync(20_000);
        var (a, b, c) = (await account.NewTagAsync("a"), await account.NewTagAsync("b"), await account.NewTagAsync("c"));
        await account.BulkAsync(Enumerable.Range(1, 100), [a]);
        await account.BulkAsync(Enumerable.Range(91, 17_000), [b]);

        var response = await Reports.GetTagOverlapAsync(new GetTagOverlapRequest { Account = account.Name, TagIds = { a, b, c } });

        Assert.Equal([[100, 10, 0], [10, 17_000, 0], [0, 0, 0]], response.Rows.Select(row => row.ContactCounts.ToArray()));
    }

    [Fact]
    public async Task Wrong_requests_are_refused()
    {
        var account = await TagAccount.NewAsync(shared.Apps);
        var a = await account.NewTagAsync("a");

        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => Reports.GetTagOverlapAsync(new GetTagOverlapRequest { Account = account.Name, TagIds = { a } }).ResponseAsync,
            "tag_ids");
        await Expect.FailureAsync(
            StatusCode.InvalidArgument,
            ErrorReason.InvalidField,
            () => Reports.GetTagHistoryAsync(new GetTagHistoryRequest { Account = account.Name, TagIds = { a } }).ResponseAsync,
            "times");
    }
}
