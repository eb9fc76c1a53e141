using System.CommandLine;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Grpc.Core;
using TagSegments.Cli.Connection;

namespace TagSegments.Cli.Commands;

/// <summary>The argument FILTER: a filter as text, or the name of a saved segment or smart list.</summary>
internal static class FilterArgument
{
    // The longest name a segment can have.
    private const int MaxNameLength = 200;

    public static Argument<string> Create() => new("filter")
    {
        Description = "A filter as text, for example: country = \"AT\" AND has tag \"VIP\"; or the name of a saved segment or smart list.",
    };

    /// <summary>Resolves a text: the name of a segment or smart list if there is one, else a filter.</summary>
    public static async Task<FilterSource> ResolveAsync(Session session, string text, CancellationToken ct)
    {
        if (text.Length is 0 or > MaxNameLength)
            return new() { Text = text };

        var (account, services) = (session.RequireAccount(), session.Services);
        if (await FindAsync(services.Segments.GetSegmentAsync(new() { Account = account, Name = text }, cancellationToken: ct)) is { } segment)
            return new() { SegmentId = segment.Segment.SegmentId };
        return await FindAsync(services.SmartLists.GetSmartListAsync(new() { Account = account, Name = text }, cancellationToken: ct)) is { } list
            ? new() { SmartListId = list.SmartList.SmartListId }
            : new() { Text = text };
    }

    /// <summary>Replaces a list of filters with the filters given as texts or names.</summary>
    public static async Task FillAsync(Session session, ICollection<FilterSource> filters, IEnumerable<string> texts, CancellationToken ct)
    {
        filters.Clear();
        foreach (var text in texts)
            filters.Add(await ResolveAsync(session, text, ct));
    }

    private static async Task<T?> FindAsync<T>(AsyncUnaryCall<T> call)
        where T : class
    {
        try
        {
            return await call;
        }
        catch (RpcException e) when (e.HasReason("NOT_FOUND", "INVALID_FIELD"))
        {
            return null;
        }
    }
}
