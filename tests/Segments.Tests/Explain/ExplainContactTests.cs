using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Explain;

public sealed class ExplainContactTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Explains_clause_by_clause_with_the_values_read()
    {
        var account = await AccountAsync(1, 2);
        await account.TagAsync(await account.CreateTagAsync("VIP"), 1);
        await account.SetAsync(1, "first_name = 'Ann', email_consent = 2");
        await SaveAsync(account, "VIPs", "has tag \"VIP\"");

        var answer = await ExplainAsync(
            account, 1, "in segment \"VIPs\" AND NOT first_name = \"Ann\" AND never opened email AND subscribed to email");

        Assert.False(answer.Matches);
        Assert.Equal([true, false, true, true], answer.Explanation.Members.Select(member => member.Matches));
        var (segment, name, opened, consent) = (
            answer.Explanation.Members[0], answer.Explanation.Members[1], answer.Explanation.Members[2], answer.Explanation.Members[3]);
        Assert.StartsWith("has \"VIP\" since 20", segment.Members.Single().Actual, StringComparison.Ordinal);
        Assert.Equal("first_name is \"Ann\"", name.Members.Single().Actual);
        Assert.True(name.Members.Single().Matches);
        Assert.Equal("never", opened.Actual);
        Assert.Equal("subscribed", consent.Actual);
    }

    [Fact]
    public async Task Says_what_is_not_there()
    {
        var account = await AccountAsync(1);
        await account.CreateTagAsync("VIP");

        var answer = await ExplainAsync(account, 1, "has tag \"VIP\" OR last_name = \"X\" OR has opportunity");

        Assert.Equal(
            ["does not have \"VIP\"", "last_name is empty", "no opportunities"],
            answer.Explanation.Members.Select(member => member.Actual));
    }

    [Fact]
    public async Task Does_not_find_a_deleted_contact()
    {
        var account = await AccountAsync(1, 2);
        await account.DeleteContactAsync(2);

        await Expect.FailureAsync(StatusCode.NotFound, ErrorReason.NotFound, () => ExplainAsync(account, 2, "everyone"));
    }

    private async Task<ExplainContactResponse> ExplainAsync(DirectAccount account, int contactId, string text) =>
        await Segments.ExplainContactAsync(
            new ExplainContactRequest { Account = account.Name, ContactId = contactId, Source = Text(text) });
}
