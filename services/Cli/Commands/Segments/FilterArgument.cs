using System.CommandLine;
using Crm.Segments.V1;
using Grpc.Core;

namespace TagSegments.Cli.Commands;

/// <summary>The FILTER that many commands take: the text of a filter, or the name of a saved segment.</summary>
internal static class FilterArgument
{
    // The longest name a segment can have.
    private const int MaxNameLength = 200;

    public static Argument<string> Create() => new("filter")
    {
        Description = "A filter as text, for example: country = \"AT\" AND has tag \"VIP\"; or the name of a saved segment.",
    };

    /// <summary>Takes the text for a name if a segment is called so, else for a filter.</summary>
    public static async Task<FilterSource> ResolveAsync(Session session, string text, CancellationToken ct) =>
        await FindAsync(session, text, ct) is { } segment ? new() { SegmentId = segment.SegmentId } : new() { Text = text };

    /// <summary>Replaces a list of filters by those that the texts stand for.</summary>
    public static async Task FillAsync(Session session, ICollection<FilterSource> filters, IEnumerable<string> texts, CancellationToken ct)
    {
        filters.Clear();
        foreach (var text in texts)
            filters.Add(await ResolveAsync(session, text, ct));
    }

    private static async Task<Segment?> FindAsync(Session session, string name, CancellationToken ct)
    {
        if (name.Length is 0 or > MaxNameLength)
            return null;
        try
        {
            var request = new GetSegmentRequest { Account = session.RequireAccount(), Name = name };
            return (await session.Services.Segments.GetSegmentAsync(request, cancellationToken: ct)).Segment;
        }
        catch (RpcException e) when (e.HasReason("NOT_FOUND", "INVALID_FIELD"))
        {
            return null;
        }
    }
}
