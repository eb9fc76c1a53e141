using System.CommandLine;
using System.Globalization;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Cli.Output;

namespace TagSegments.Cli.Commands;

/// <summary>`bulk outcomes`.</summary>
internal static class BulkOutcomes
{
    public static Command Create()
    {
        var id = BulkStatus.Id();
        var command = new Command("outcomes", "Writes what became of each contact, as CSV or, with --output json, one object a line.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new StreamBulkOutcomesRequest { Account = session.RequireAccount(), OperationId = session.Get(id) };
            using var call = session.Services.Bulk.StreamBulkOutcomes(request, cancellationToken: ct);
            var csv = new CsvWriter(session.Report.Output, raw: true);
            var started = false;
            await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
            {
                if (!started && !session.Report.IsJson)
                    csv.WriteRow(["contact_id", "skipped", "changed_tag_ids"]);
                started = true;
                foreach (var outcome in part.Outcomes)
                    Write(session.Report, csv, outcome);
            }
        });
    }

    private static void Write(Report report, CsvWriter csv, ContactOutcome outcome)
    {
        if (report.IsJson)
            report.Output.WriteLine(ProtoJson.Line(ProtoJson.From(outcome)));
        else
            csv.WriteRow([outcome.ContactId.ToString(CultureInfo.InvariantCulture), outcome.Skipped ? "true" : "false", string.Join(';', outcome.ChangedTagIds)]);
    }
}
