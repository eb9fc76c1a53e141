using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>How commands name a saved segment: by its name or id.</summary>
internal static class SegmentKey
{
    public static Argument<string> Argument() => new("segment") { Description = "The segment's name or id." };

    public static async Task<Segment> GetAsync(Session session, string key, CancellationToken ct)
    {
        var request = new GetSegmentRequest { Account = session.RequireAccount() };
        if (Guid.TryParse(key, out _))
            request.SegmentId = key;
        else
            request.Name = key;
        return (await session.Services.Segments.GetSegmentAsync(request, cancellationToken: ct)).Segment;
    }
}
