using System.Globalization;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;
using Type = Crm.Contacts.V1.Field.Types.Type;

namespace TagSegments.Segments.Tests.Definitions.References;

/// <summary>A segment that refers to a deleted thing is visibly invalid; it never matches nobody or everybody.</summary>
public sealed class BrokenReferenceTests(SharedApps shared) : SegmentTest(shared)
{
    private static readonly FilterSource s_broken = new() { SegmentName = "Broken" };

    // Clauses that would be true for everyone, for no contact, or ignored in an OR, if a missing thing were read as empty.
    public static TheoryData<string, string, string> Clauses => new()
    {
        { "tag", "NOT has tag \"Gone\"", "filter.negated.tag.tag_ids[0]: tag 1 does not exist" },
        { "tag", "has tag \"Gone\"", "filter.tag.tag_ids[0]: tag 1 does not exist" },
        { "tag", "everyone OR has any tag (\"Gone\", \"Here\")", "filter.any_of.filters[1].tag.tag_ids[0]: tag 1 does not exist" },
        { "tag", "tag \"Gone\" added in last 7 days", "filter.tag_added.tag_id: tag 1 does not exist" },
        { "field", "score is empty", "filter.field" },
        { "segment", "NOT in segment \"Base\"", "filter.negated.segment.segment_id: segment" },
    };

    [Theory]
    [MemberData(nameof(Clauses))]
    public async Task A_segment_says_what_is_missing_and_is_whole_again_when_that_is_restored(string what, string text, string problem)
    {
        var account = await WorldAsync(text);
        var before = await CountAsync(account, s_broken);
        await RemoveAsync(account, what);

        var broken = await GetAsync(account);
        Assert.Equal(Segment.Types.State.Invalid, broken.State);
        Assert.StartsWith(problem, Assert.Single(broken.Problems), StringComparison.Ordinal);
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => CountAsync(account, s_broken));

        if (what != "segment")
        {
            await RemoveAsync(account, what, remove: false);
            Assert.Equal((Segment.Types.State.Valid, 0), ((await GetAsync(account)).State, (await GetAsync(account)).Problems.Count));
            Assert.Equal(before, await CountAsync(account, s_broken));
        }
    }

    public static TheoryData<string> Uses =>
        ["count", "list", "stream", "included", "excluded", "match", "match more", "explain", "check", "parse", "nested", "negated", "saved", "smart list", "rows", "preview"];

    [Theory]
    [MemberData(nameof(Uses))]
    public async Task Every_use_of_an_invalid_segment_fails(string use)
    {
        var account = await WorldAsync("NOT has tag \"Gone\"");
        await SaveAsync(account, "Above", "everyone OR in segment \"Broken\"");
        await SaveAsync(account, "Sound", "everyone");
        await SaveListAsync(account, "NOT in segment \"Broken\"");
        await RemoveAsync(account, "tag");
        Assert.Contains("segment \"Broken\"", (await GetAsync(account, "Above")).Problems.Single(), StringComparison.Ordinal);

        var (name, everyone) = (account.Name, Text("everyone"));
        Func<Task> call = use switch
        {
            "count" => () => CountAsync(account, s_broken),
            "list" => async () => await Segments.ListMatchesAsync(new() { Account = name, Source = s_broken }),
            "stream" => () => StreamAsync(new() { Account = name, Source = s_broken }),
            "included" => () => StreamAsync(new() { Account = name, Source = everyone, Include = { s_broken } }),
            "excluded" => () => StreamAsync(new() { Account = name, Source = everyone, Exclude = { s_broken } }),
            "match" => async () => await Segments.MatchContactsAsync(new() { Account = name, Source = s_broken, ContactIds = { 1 } }),
            "match more" => async () => await Segments.MatchContactsAsync(new() { Account = name, Source = everyone, MoreSources = { s_broken } }),
            "explain" => async () => await Segments.ExplainContactAsync(new() { Account = name, Source = s_broken, ContactId = 1 }),
            "check" => async () => await Segments.CheckSegmentExpectationsAsync(new() { Account = name, Source = s_broken }),
            "parse" => async () => await Segments.ParseFilterAsync(new() { Account = name, Source = s_broken }),
            "nested" => () => CountAsync(account, new FilterSource { SegmentName = "Above" }),
            "negated" => () => CountAsync(account, Text("NOT in segment \"Above\"")),
            "saved" => () => SaveAsync(account, "New", "in segment \"Broken\""),
            "smart list" => () => CountAsync(account, new FilterSource { SmartListName = "List" }),
            "rows" => async () => await SmartLists.ListSmartListRowsAsync(new() { Account = name, Name = "List" }),
            _ => async () => await Segments.PreviewSegmentChangeAsync(new() { Account = name, Name = "Sound", Text = "in segment \"Above\"" }),
        };

        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, call);
    }

    [Fact]
    public async Task An_invalid_segment_can_be_renamed_and_repaired()
    {
        var account = await WorldAsync("NOT has tag \"Gone\"");
        await RemoveAsync(account, "tag");
        var broken = await GetAsync(account);

        var renamed = await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = broken.SegmentId, Name = "Renamed" });
        var repaired = await Segments.UpdateSegmentAsync(new() { Account = account.Name, SegmentId = broken.SegmentId, Text = "everyone" });

        Assert.Equal((Segment.Types.State.Invalid, Segment.Types.State.Valid), (renamed.Segment.State, repaired.Segment.State));
        Assert.Equal(2, await CountAsync(account, new FilterSource { SegmentName = "Renamed" }));
    }

    private async Task<DirectAccount> WorldAsync(string text)
    {
        var account = await AccountAsync(1, 2);
        await account.CreateTagAsync("Gone");
        await account.CreateTagAsync("Here");
        await account.TagAsync(1, 1);
        await account.CreateFieldAsync("score", Type.Number);
        await SaveAsync(account, "Base", "contact_id = 1");
        await SaveAsync(account, "Broken", text);
        return account;
    }

    private async Task RemoveAsync(DirectAccount account, string what, bool remove = true)
    {
        switch (what)
        {
            case "tag":
                await account.DeleteTagAsync(1, remove);
                break;
            case "field":
                await account.ExecuteAsync(string.Create(
                    CultureInfo.InvariantCulture, $"UPDATE crm.field SET deleted_at = {(remove ? "now()" : "NULL")} WHERE account_id = @Id"));
                break;
            default:
                var segment = await GetAsync(account, "Base");
                await Segments.DeleteSegmentAsync(new() { Account = account.Name, SegmentId = segment.SegmentId, Force = true });
                break;
        }
    }

    private async Task<Segment> GetAsync(DirectAccount account, string name = "Broken") =>
        (await Segments.GetSegmentAsync(new() { Account = account.Name, Name = name })).Segment;

    private async Task StreamAsync(StreamMatchesRequest request)
    {
        using var call = Segments.StreamMatches(request);
        await foreach (var _ in call.ResponseStream.ReadAllAsync())
        {
            Assert.Fail("A part was sent.");
        }
    }
}
