using System.Runtime.InteropServices;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Segments.Tests.Data;
using TagSegments.Testing;

namespace TagSegments.Segments.Tests.Definitions;

public sealed class StreamMatchesTests(SharedApps shared) : SegmentTest(shared)
{
    [Fact]
    public async Task Streams_everyone_less_the_excluded_in_parts()
    {
        var contacts = Enumerable.Range(1, 40_000).ToArray();
        var account = await AccountAsync(contacts);
        await account.TagAsync(await account.CreateTagAsync("Customers"), contacts[..5_000]);
        await SaveAsync(account, "Customers", "has tag \"Customers\"");

        var parts = await StreamAsync(new StreamMatchesRequest
        {
            Account = account.Name,
            Source = Text("everyone"),
            Exclude = { new FilterSource { SegmentName = "Customers" } },
        });

        Assert.Equal([16_384, 16_384, 2_232], parts.Select(part => part.ContactIds.Length / 4));
        Assert.Equal(contacts[5_000..], Ids(parts));
        Assert.All(parts, part => Assert.Equal(35_000, part.Total));
        Assert.Equal([("Customers", 1)], parts[0].Versions.Select(version => (version.Name, version.Version)));
    }

    [Fact]
    public async Task Resumes_behind_a_contact()
    {
        var account = await AccountAsync(3, 5, 20_000);

        var parts = await StreamAsync(
            new StreamMatchesRequest { Account = account.Name, Source = Text("everyone"), AfterContactId = 3 });

        Assert.Equal([5, 20_000], Ids(parts));
        Assert.Equal(3, parts.Single().Total);
    }

    [Fact]
    public async Task A_stream_that_broke_goes_on_behind_the_last_contact_received()
    {
        var contacts = Enumerable.Range(1, 150_000).ToArray();
        var account = await AccountAsync(contacts);
        var request = new StreamMatchesRequest { Account = account.Name, Source = Text("NOT contact_id = 77777") };
        var received = new List<int>();
        for (var parts = 1; received.Count < 149_999; parts++)
        {
            using var call = Segments.StreamMatches(request);
            for (var part = 0; part < parts && await call.ResponseStream.MoveNext(CancellationToken.None); part++)
            {
                Assert.Equal(149_999, call.ResponseStream.Current.Total);
                received.AddRange(Ids([call.ResponseStream.Current]));
            }

            request.AfterContactId = received[^1];
        }

        Assert.Equal(contacts.Where(contactId => contactId != 77_777), received);
    }

    [Fact]
    public async Task Sends_one_empty_part_if_nobody_matches()
    {
        var account = await AccountAsync(1);

        var part = Assert.Single(await StreamAsync(new StreamMatchesRequest { Account = account.Name, Source = Text("NOT everyone") }));

        Assert.Equal((0, 0), (part.Total, part.ContactIds.Length));
        Assert.NotNull(part.EvaluationTime);
    }

    private async Task<List<StreamMatchesResponse>> StreamAsync(StreamMatchesRequest request)
    {
        using var call = Segments.StreamMatches(request);
        var parts = new List<StreamMatchesResponse>();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
        {
            parts.Add(part);
        }

        return parts;
    }

    private static int[] Ids(IEnumerable<StreamMatchesResponse> parts) =>
        [.. parts.SelectMany(part => MemoryMarshal.Cast<byte, int>(part.ContactIds.Span).ToArray())];
}
