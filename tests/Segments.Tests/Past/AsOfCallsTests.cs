using Crm.Contacts.V1;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Past;

/// <summary>Every call that takes an instant, and the instants that are refused.</summary>
public sealed class AsOfCallsTests(SharedApps shared) : SegmentTest(shared)
{
    private readonly SharedApps _shared = shared;

    [Fact]
    public async Task Explain_shows_the_values_of_then()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var contact = await account.NewContactAsync(new Contact { Language = "de" });
        await account.AddTagsAsync(contact, await account.NewTagAsync("VIP"));
        await account.OpenedAsync(contact, DateTime.UtcNow.AddDays(-3));
        var pipeline = await account.PipelineAsync("Sales", "New");
        var deal = await account.OpportunityAsync(contact, pipeline.Stages[0], pipeline.PipelineId, "100");
        var before = await account.InstantAsync();
        await account.UpdateContactAsync(new Contact { ContactId = contact, Language = "en" });
        await account.RemoveTagsAsync(contact, 1);
        await account.OpenedAsync(contact, DateTime.UtcNow.AddDays(-1));
        deal.Amount = "200";
        await account.UpdateOpportunityAsync(deal, "amount");

        var answer = await Segments.ExplainContactAsync(new ExplainContactRequest
        {
            Account = account.Name,
            Source = Text("""
                language = "de" AND has tag "VIP" AND opened email AND has opportunity (amount = 100) AND never asked for email
                AND tag "VIP" added in last 1 day
                """),
            ContactId = contact,
            AsOf = before,
        });

        Assert.True(answer.Matches);
        Assert.Equal(before, answer.EvaluationTime);
        var actual = answer.Explanation.Members.Select(member => member.Actual).ToList();
        Assert.Equal("language is \"de\"", actual[0]);
        Assert.StartsWith("has \"VIP\" since ", actual[1], StringComparison.Ordinal);
        Assert.StartsWith("once in all, last ", actual[2], StringComparison.Ordinal);
        Assert.Matches("^1 of 1 opportunity: #1, Sales / New since .*, open, 100$", actual[3]);
        Assert.Equal("never asked", actual[4]);
        Assert.StartsWith("added once from ", actual[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_does_not_find_who_did_not_live_then()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var before = await account.InstantAsync();
        var contact = await account.NewContactAsync();

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => Segments.ExplainContactAsync(new ExplainContactRequest
        {
            Account = account.Name,
            Source = Text("everyone"),
            ContactId = contact,
            AsOf = before,
        }).ResponseAsync);
    }

    [Fact]
    public async Task Match_stream_and_pages_agree()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        int[] contacts = [await account.NewContactAsync(), await account.NewContactAsync(), await account.NewContactAsync()];
        var before = await account.InstantAsync();
        await account.Apps.Contacts.DeleteContactAsync(new() { Account = account.Name, ContactId = contacts[1] });
        await account.UpdateContactAsync(new Contact { ContactId = contacts[2], FirstName = "Eva" });
        var ada = Text("first_name = \"Ada\"");

        var match = await Segments.MatchContactsAsync(new MatchContactsRequest
        {
            Account = account.Name,
            Source = ada,
            ContactIds = { contacts },
            MoreSources = { Text("everyone"), Text("first_name = \"Eva\"") },
            AsOf = before,
        });
        var first = await Segments.ListMatchesAsync(new ListMatchesRequest { Account = account.Name, Source = ada, AsOf = before, PageSize = 2 });
        var second = await Segments.ListMatchesAsync(new ListMatchesRequest
        {
            Account = account.Name,
            Source = ada,
            AsOf = before,
            PageSize = 2,
            PageToken = first.NextPageToken,
        });
        using var stream = Segments.StreamMatches(new StreamMatchesRequest { Account = account.Name, Source = ada, AsOf = before });
        await stream.ResponseStream.MoveNext(default);

        Assert.Equal(contacts, match.MatchingContactIds);
        Assert.Equal([3, 0], match.MoreMatches.Select(more => more.ContactIds.Count));
        Assert.Equal(contacts, first.ContactIds.Concat(second.ContactIds));
        Assert.Equal(3, stream.ResponseStream.Current.Total);
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, async () =>
        {
            using var send = Segments.StreamMatches(
                new StreamMatchesRequest { Account = account.Name, Source = ada, AsOf = before, RequireExpectations = true });
            await send.ResponseStream.MoveNext(default);
        });
        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.PageToken, () => Segments.ListMatchesAsync(new ListMatchesRequest
        {
            Account = account.Name,
            Source = ada,
            PageSize = 2,
            PageToken = first.NextPageToken,
        }).ResponseAsync);
    }

    [Theory]
    [InlineData(3600, 0)]
    [InlineData(-3600, -1)]
    [InlineData(-3600, 1_000_000_000)]
    [InlineData(long.MaxValue / 2, 0)]
    [InlineData(-100_000_000_000, 0)]
    public async Task Refuses_what_is_no_past_instant(long secondsFromNow, int nanos)
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var asOf = new Timestamp { Seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + secondsFromNow, Nanos = nanos };

        await Expect.FailureAsync(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => CountAsync(account, asOf));
    }

    [Fact]
    public async Task Refuses_an_instant_before_the_account()
    {
        var account = await PastAccount.NewAsync(_shared.Apps);
        var created = (await account.Apps.Accounts.GetAccountAsync(new() { Account = account.Name })).Account.CreateTime.ToDateTime();

        var error = await Expect.FailureAsync(
            StatusCode.OutOfRange, ErrorReason.HistoryMissing, () => CountAsync(account, Timestamp.FromDateTime(created.AddDays(-1))));

        var earliest = DateTime.Parse(error.Metadata["earliest"], null, System.Globalization.DateTimeStyles.AdjustToUniversal);
        Assert.InRange(earliest, created.AddSeconds(-1), created.AddSeconds(10));
        Assert.Equal(0, await CountAsync(account, Timestamp.FromDateTime(earliest)));
    }

    [Fact]
    public async Task Refuses_an_instant_whose_changes_are_no_longer_kept()
    {
        var account = await AccountAsync(1, 2);
        var now = new PastAccount(_shared.Apps, account.Name);
        var before = await now.InstantAsync();
        await account.DeleteContactAsync(2);
        var known = await now.MatchesAsync("everyone", before);

        await account.PruneAsync();

        var error = await Expect.FailureAsync(StatusCode.OutOfRange, ErrorReason.HistoryMissing, () => now.MatchesAsync("everyone", before));
        var later = await now.MatchesAsync("everyone", await now.InstantAsync());
        Assert.Contains("earliest", error.Metadata.Keys);
        Assert.Equal([1, 2], known);
        Assert.Equal([1], later);
    }

    private async Task<int> CountAsync(PastAccount account, Timestamp asOf) => (await Segments.CountContactsAsync(new CountContactsRequest
    {
        Account = account.Name,
        Source = Text("everyone"),
        AsOf = asOf,
    })).Count;
}
