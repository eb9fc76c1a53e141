using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Crm.Accounts.V1;
using Crm.Segments.V1;
using Grpc.Core;

namespace TagSegments.Cli.Commands.Segments;

/// <summary>Reads the contacts of a filter from one consistent state.</summary>
internal static class Matches
{
    public static async IAsyncEnumerable<int[]> StreamAsync(Session session, FilterSource source, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new StreamMatchesRequest { Account = session.RequireAccount(), Source = source };
        using var call = session.Services.Segments.StreamMatches(request, cancellationToken: ct);
        await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
            yield return Ids(part);
    }

    public static async Task<List<int>> AllAsync(Session session, FilterSource source, CancellationToken ct)
    {
        var all = new List<int>();
        await foreach (var ids in StreamAsync(session, source, ct))
            all.AddRange(ids);
        return all;
    }

    // Little-endian on the wire, and on every machine that .NET runs on.
    public static int[] Ids(StreamMatchesResponse part) => MemoryMarshal.Cast<byte, int>(part.ContactIds.Span).ToArray();
}
