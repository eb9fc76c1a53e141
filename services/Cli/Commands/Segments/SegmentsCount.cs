using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments count`.</summary>
internal static class SegmentsCount
{
    public static Command Create()
    {
        var filter = FilterArgument.Create();
        var asOf = AsOfOption.Create();
        var command = new Command("count", "Counts the contacts that match now, or did at a past instant.") { filter, asOf };
        return command.Runs(async (session, ct) =>
        {
            var request = new CountContactsRequest
            {
                Account = session.RequireAccount(),
                AsOf = AsOfOption.Read(session.Get(asOf)),
                Source = await FilterArgument.ResolveAsync(session, session.Get(filter), ct),
            };
            var answer = await session.Services.Segments.CountContactsAsync(request, cancellationToken: ct);
            session.Report.Write(answer, $"{answer.Count}");
        });
    }
}
