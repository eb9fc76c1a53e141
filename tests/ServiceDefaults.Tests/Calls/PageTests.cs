using Crm.Errors.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.ServiceDefaults.Calls;
using TagSegments.Testing;

namespace TagSegments.ServiceDefaults.Tests.Calls;

public sealed class PageTests
{
    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 1)]
    [InlineData(1_000, 1_000)]
    public void A_page_size_is_what_was_asked_for_or_the_default(int requested, int size) =>
        Assert.Equal(size, PageSize.Read(requested));

    [Theory]
    [InlineData(-1)]
    [InlineData(1_001)]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    public void Other_page_sizes_are_refused_and_the_possible_ones_named(int requested)
    {
        var error = Expect.Failure(() => PageSize.Read(requested));

        error.Is(StatusCode.InvalidArgument, ErrorReason.InvalidField, "page_size");
        Assert.Equal("must be 1 to 1000, or 0 for 100", error.Violations[0].Description);
    }

    [Fact]
    public void A_list_may_have_another_largest_page_and_another_default()
    {
        Assert.Equal(10_000, PageSize.Read(10_000, max: 10_000));
        Assert.Equal(50, PageSize.Read(0, max: 100, unset: 50));
        Expect.Failure(StatusCode.InvalidArgument, ErrorReason.InvalidField, () => PageSize.Read(101, max: 100, unset: 50), "page_size");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task All_pages_of_a_list_are_read_in_order(int count)
    {
        var names = Enumerable.Range(0, count).Select(number => $"segment {number}").ToList();
        var request = new ListSegmentsRequest { Account = "acme", PageSize = 3 };

        var read = new List<string>();
        await foreach (var segment in Pages.AllAsync(request, page => ListAsync(names, page), page => page.Segments))
        {
            read.Add(segment.Name);
        }

        Assert.Equal(names, read);
        Assert.Equal(new ListSegmentsRequest { Account = "acme", PageSize = 3 }, request);
    }

    // The token is the number of the next item.
    private static AsyncUnaryCall<ListSegmentsResponse> ListAsync(List<string> names, ListSegmentsRequest request)
    {
        Assert.Equal("acme", request.Account);
        var start = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken, null);
        var end = Math.Min(start + request.PageSize, names.Count);
        var response = new ListSegmentsResponse
        {
            Segments = { names[start..end].Select(name => new Segment { Name = name }) },
            NextPageToken = end < names.Count ? end.ToString((IFormatProvider?)null) : "",
        };
        return new(Task.FromResult(response), Task.FromResult<Metadata>([]), () => Grpc.Core.Status.DefaultSuccess, () => [], () => { });
    }
}
