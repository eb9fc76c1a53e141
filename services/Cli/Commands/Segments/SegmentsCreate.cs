using System.CommandLine;
using Crm.Segments.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`segments create`.</summary>
internal static class SegmentsCreate
{
    public static Command Create()
    {
        var name = new Argument<string>("name") { Description = "The segment's name, unique in the account." };
        var filter = new Argument<string>("filter") { Description = "The filter as text, for example: has tag \"Hot Lead\" AND opened email in last 7 days" };
        var description = new Option<string>("--description") { Description = "What the segment is for.", HelpName = "text" };
        var command = new Command("create", "Saves a filter under a name.") { name, filter, description };
        return command.Runs(async (session, ct) =>
        {
            var request = new CreateSegmentRequest
            {
                Account = session.RequireAccount(),
                Segment = new() { Name = session.Get(name), Description = session.Get(description) ?? "" },
                Text = session.Get(filter),
                RequestId = RequestId.New(),
            };
            var answer = await session.Services.Segments.CreateSegmentAsync(request, cancellationToken: ct);
            session.Report.Write(answer.Segment, $"Segment \"{answer.Segment.Name}\" saved: {answer.Segment.Text}");
        });
    }
}
