using Crm.Campaigns.V1;
using Crm.Common.V1;
using Crm.Segments.V1;
using Crm.Tags.V1;
using Crm.Workflows.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Filters;

/// <summary>A clause of a kind that only a later version knows is refused by every service that takes a filter, never guessed.</summary>
public sealed class UnknownClauseTests(SharedApps shared) : SegmentTest(shared)
{
    // A filter whose kind is the unknown field 77.
    private static Filter Unknown => Filter.Parser.ParseFrom((byte[])[0xEA, 0x04, 0x00]);

    public static TheoryData<string> Calls() => ["save", "count", "negated", "explain", "smart list", "bulk", "campaign", "workflow"];

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_clause_of_an_unknown_kind_is_refused(string call)
    {
        var account = await Apps.NewAccountAsync();
        var tag = (await Apps.Tags.CreateTagAsync(new() { Account = account, Tag = new Tag { Name = "Hot" } })).Tag;
        var source = new FilterSource { Filter = Unknown };

        var error = await Expect.FailureAsync(() => call switch
        {
            "save" => Segments.CreateSegmentAsync(new() { Account = account, Segment = new Segment { Name = "New", Filter = Unknown } }).ResponseAsync,
            "count" => Segments.CountContactsAsync(new() { Account = account, Source = source }).ResponseAsync,
            "negated" => Segments.CountContactsAsync(
                new() { Account = account, Source = new FilterSource { Filter = new Filter { Negated = Unknown } } }).ResponseAsync,
            "explain" => Segments.ExplainContactAsync(new() { Account = account, ContactId = 1, Source = source }).ResponseAsync,
            "smart list" => SmartLists.CreateSmartListAsync(
                new() { Account = account, SmartList = new SmartList { Name = "New", Filter = Unknown } }).ResponseAsync,
            "bulk" => new BulkService.BulkServiceClient(Apps.Channel(Service.Tags)).StartBulkOperationAsync(
                new() { Account = account, Contacts = new BulkContacts { Matching = source }, AddTagIds = { tag.TagId } }).ResponseAsync,
            "campaign" => Apps.Campaigns.CreateCampaignAsync(new() { Account = account, Campaign = Campaign(source) }).ResponseAsync,
            _ => Apps.Workflows.CreateWorkflowAsync(new() { Account = account, Workflow = Workflow() }).ResponseAsync,
        });

        Assert.Equal(StatusCode.InvalidArgument, error.Status);
        Assert.Contains("of a kind that is not known here", error.Message, StringComparison.Ordinal);
    }

    private static Campaign Campaign(FilterSource source) => new()
    {
        Name = "Spring",
        Channel = Channel.Email,
        Message = new Message { Subject = "Hi", Text = "Hi" },
        Audience = new Audience { Include = { source } },
    };

    private static Workflow Workflow() => new()
    {
        Name = "New",
        Definition = new Definition
        {
            Triggers = { new Trigger { ContactCreated = new ContactCreatedTrigger() } },
            Nodes = { new Node { Id = "way", Branch = new BranchAction { Branches = { new Branch { Name = "new", When = new Condition { Filter = Unknown } } } } } },
        },
    };
}
