using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Evaluation;

/// <summary>Finding 15: a filter of a few thousand characters can stand for millions of tags, and is refused then.</summary>
public sealed class Finding15EvaluationTests(SharedApps shared) : IClassFixture<SharedApps>
{
    [Fact]
    public async Task Finding_15_a_thousand_prefixes_of_a_large_library_are_refused_and_a_few_are_answered()
    {
        var account = await TestAccount.NewAsync(shared.Apps);
        var contactId = await account.NewContactAsync();
        for (var first = 0; first < 3_000; first += 1_000)
        {
            await shared.Apps.Tags.AddTagsAsync(new()
            {
                Account = account.Name,
                ContactId = contactId,
                TagNames = { Enumerable.Range(first, 1_000).Select(i => $"T{i}") },
                CreateMissing = true,
            });
        }

        var many = await Expect.FailureAsync(() => CountAsync(account, 1_000));

        many.Is(StatusCode.InvalidArgument, ErrorReason.FilterTooLarge, "text");
        Assert.Equal(("1", "1"), (many.Metadata["line"], many.Metadata["column"]));
        Assert.Equal(1, await CountAsync(account, 100));
    }

    private async Task<int> CountAsync(TestAccount account, int prefixes)
    {
        var text = string.Join(" AND ", Enumerable.Repeat("has tag starting with \"T\"", prefixes));
        var request = new CountContactsRequest { Account = account.Name, Source = new FilterSource { Text = text } };
        return (await shared.Apps.Segments.CountContactsAsync(request)).Count;
    }
}
