using System.Runtime.InteropServices;
using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.SmartLists;

/// <summary>The members of a smart list: (the filter OR the include tag) AND NOT the exclude tag, wherever a filter can be named.</summary>
public sealed class SmartListMembersTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Members_match_the_filter_or_are_included_by_tag_and_not_excluded_by_tag()
    {
        var (account, list) = await WorldAsync();
        var source = new FilterSource { SmartListName = list.Name };

        Assert.Equal(3, await CountAsync(account, source));
        Assert.Equal([1, 3, 5], await StreamAsync(new StreamMatchesRequest { Account = account.Name, Source = source }));
        Assert.Equal([1, 3, 5], (await Segments.ListMatchesAsync(new() { Account = account.Name, Source = source })).ContactIds);
        var match = await Segments.MatchContactsAsync(new() { Account = account.Name, Source = source, ContactIds = { 1, 2, 3, 4, 5, 6 } });
        Assert.Equal([1, 3, 5], match.MatchingContactIds);
    }

    [Fact]
    public async Task Tagging_edits_the_list_at_once()
    {
        var (account, list) = await WorldAsync();
        var source = new FilterSource { SmartListId = list.SmartListId };

        await account.TagAsync(list.IncludeTagId, 6);
        await account.TagAsync(list.ExcludeTagId, 1);

        Assert.Equal([3, 5, 6], await StreamAsync(new StreamMatchesRequest { Account = account.Name, Source = source }));
    }

    [Fact]
    public async Task A_list_is_explained_with_its_tags()
    {
        var (account, list) = await WorldAsync();

        var answer = await Segments.ExplainContactAsync(
            new() { Account = account.Name, Source = new FilterSource { SmartListId = list.SmartListId }, ContactId = 2 });

        Assert.False(answer.Matches);
        Assert.Equal("(has tag \"VIP\" OR has tag \"In\") AND NOT has tag \"Out\"", answer.Explanation.Text);
    }

    [Fact]
    public async Task Streams_several_sources_together_less_the_excluded()
    {
        var (account, list) = await WorldAsync();
        await SaveAsync(account, "Sixth", "contact_id = 6");

        var ids = await StreamAsync(new StreamMatchesRequest
        {
            Account = account.Name,
            Source = new FilterSource { SmartListId = list.SmartListId },
            Include = { new FilterSource { SegmentName = "Sixth" }, Text("contact_id = 2") },
            Exclude = { Text("contact_id = 1") },
        });

        Assert.Equal([2, 3, 5, 6], ids);
    }

    [Fact]
    public async Task A_list_may_refer_to_a_segment_and_keeps_it_from_being_deleted()
    {
        var account = await AccountAsync(1, 2);
        var segment = await SaveAsync(account, "First", "contact_id = 1");
        var list = await SaveListAsync(account, "in segment \"First\"");
        Assert.Equal(1, await CountAsync(account, new FilterSource { SmartListId = list.SmartListId }));

        var delete = new DeleteSegmentRequest { Account = account.Name, SegmentId = segment.SegmentId };
        var info = await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.InUse, async () => await Segments.DeleteSegmentAsync(delete));

        Assert.Equal("smart_list:List", info.Metadata["used_by"]);
    }

    [Theory]
    [InlineData("VIP", "filter.tag.tag_ids[0]: tag 1 does not exist")]
    [InlineData("In", "include_tag_id: tag 2 does not exist")]
    [InlineData("Out", "exclude_tag_id: tag 3 does not exist")]
    public async Task A_list_whose_tag_was_deleted_is_invalid_and_every_use_fails_until_the_tag_is_restored(string name, string problem)
    {
        var (account, list) = await WorldAsync();
        var tagId = name switch { "VIP" => 1, "In" => list.IncludeTagId, _ => list.ExcludeTagId };
        var source = new FilterSource { SmartListId = list.SmartListId };
        await account.DeleteTagAsync(tagId);

        var broken = (await SmartLists.GetSmartListAsync(new() { Account = account.Name, Name = list.Name })).SmartList;
        Assert.Equal((SmartList.Types.State.Invalid, problem), (broken.State, broken.Problems.Single()));
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () => CountAsync(account, source));
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, () =>
            StreamAsync(new StreamMatchesRequest { Account = account.Name, Source = Text("everyone"), Exclude = { source } }));
        await Expect.FailureAsync(StatusCode.FailedPrecondition, ErrorReason.ReferenceMissing, async () =>
            await SmartLists.ListSmartListRowsAsync(new() { Account = account.Name, Name = list.Name }));

        await account.DeleteTagAsync(tagId, delete: false);
        Assert.Equal(3, await CountAsync(account, source));
    }

    // Contacts 1, 2 and 3 match, 4 and 5 are included, 2 and 4 are excluded.
    private async Task<(DirectAccount Account, SmartList List)> WorldAsync()
    {
        var account = await AccountAsync(1, 2, 3, 4, 5, 6);
        var (vip, include, exclude) =
            (await account.CreateTagAsync("VIP"), await account.CreateTagAsync("In"), await account.CreateTagAsync("Out"));
        await account.TagAsync(vip, 1, 2, 3);
        await account.TagAsync(include, 4, 5);
        await account.TagAsync(exclude, 2, 4);
        var list = await SaveListAsync(account, "has tag \"VIP\"", list => (list.IncludeTagId, list.ExcludeTagId) = (include, exclude));
        return (account, list);
    }

    private async Task<List<int>> StreamAsync(StreamMatchesRequest request)
    {
        using var call = Segments.StreamMatches(request);
        var ids = new List<int>();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            ids.AddRange(MemoryMarshal.Cast<byte, int>(part.ContactIds.Span));
        }

        return ids;
    }
}
