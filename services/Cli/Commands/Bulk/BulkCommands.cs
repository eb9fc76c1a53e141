using System.CommandLine;
using System.Globalization;
using Crm.Accounts.V1;
using Crm.Tags.V1;
using Grpc.Core;
using TagSegments.Cli.Connection;
using TagSegments.Cli.Output;
using TagSegments.Csv;

namespace TagSegments.Cli.Commands.Bulk;

/// <summary>Commands about bulk operations.</summary>
internal static class BulkCommands
{
    /// <summary>`bulk`.</summary>
    public static Command Build() => new("bulk", "Bulk operations on tags; `tags bulk` starts one.")
    {
        List(), Status(), Cancel(), Undo(), Outcomes(),
    };

    private static Command List() => new Command("list", "Lists the latest 100 bulk operations, newest first.").Runs(async (session, ct) =>
    {
        var answer = await session.Services.Bulk.ListBulkOperationsAsync(new ListBulkOperationsRequest { Account = session.RequireAccount() }, cancellationToken: ct);
        session.Report.Write(answer, () => Report.Table(
            answer.Operations,
            ("operation", o => o.OperationId), ("state", o => o.State), ("contacts", o => o.TotalContacts),
            ("done", o => o.DoneContacts), ("undo of", o => o.UndoOf), ("by", o => o.Actor), ("started", o => o.CreateTime)));
    });

    private static Command Status()
    {
        var id = Id();
        var wait = new Option<bool>("--wait") { Description = "Wait for its end." };
        var command = new Command("status", "Shows the progress of a bulk operation.") { id, wait };
        return command.Runs(async (session, ct) =>
        {
            var request = new GetBulkOperationRequest { Account = session.RequireAccount(), OperationId = session.Get(id) };
            var operation = (await session.Services.Bulk.GetBulkOperationAsync(request, cancellationToken: ct)).Operation;
            if (session.Get(wait))
                operation = await BulkProgressView.WaitAsync(session, operation, ct);
            if (operation.Error is not "")
                session.Report.Note(operation.Error);
            await BulkProgressView.WriteAsync(session, operation, ct);
        });
    }

    private static Command Cancel()
    {
        var id = Id();
        var command = new Command("cancel", "Stops a bulk operation; its changes so far stay and can be undone.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new CancelBulkOperationRequest { Account = session.RequireAccount(), OperationId = session.Get(id) };
            var operation = (await session.Services.Bulk.CancelBulkOperationAsync(request, cancellationToken: ct)).Operation;
            await BulkProgressView.WriteAsync(session, operation, ct);
        });
    }

    private static Command Undo()
    {
        var id = Id();
        var skip = new Option<bool>("--skip-workflows") { Description = "Do not notify workflows." };
        var command = new Command("undo", "Reverts what a bulk operation changed, except where something changed later; counts both.") { id, skip };
        return command.Runs(async (session, ct) =>
        {
            var request = new UndoBulkOperationRequest
            {
                Account = session.RequireAccount(),
                OperationId = session.Get(id),
                SkipWorkflows = session.Get(skip),
                RequestId = RequestId.New(),
            };
            var started = (await session.Services.Bulk.UndoBulkOperationAsync(request, cancellationToken: ct)).Operation;
            var operation = await BulkProgressView.WaitAsync(session, started, ct);
            await BulkProgressView.WriteAsync(session, operation, ct);
            return BulkProgressView.ExitCodeOf(operation);
        });
    }

    private static Command Outcomes()
    {
        var id = Id();
        var command = new Command("outcomes", "Writes the outcome of each contact as CSV or, with --output json, one object per line.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new StreamBulkOutcomesRequest { Account = session.RequireAccount(), OperationId = session.Get(id) };
            using var call = session.Services.Bulk.StreamBulkOutcomes(request, cancellationToken: ct);
            using var csv = new CsvRows(session.Report.Output);
            var started = false;
            await foreach (var part in call.ResponseStream.ReadAllAsync(ct))
            {
                if (!started && !session.Report.IsJson)
                    csv.WriteHeader(["contact_id", "skipped", "changed_tag_ids"]);
                started = true;
                foreach (var outcome in part.Outcomes)
                    Write(session.Report, csv, outcome);
            }
        });
    }

    private static void Write(Report report, CsvRows csv, ContactOutcome outcome)
    {
        if (report.IsJson)
            report.Output.WriteLine(ProtoJson.Line(ProtoJson.From(outcome)));
        else
            csv.Write(new[] { outcome.ContactId.ToString(CultureInfo.InvariantCulture), outcome.Skipped ? "true" : "false", string.Join(';', outcome.ChangedTagIds) }.Select(value => new CsvCell(value, IsText: false)));
    }

    private static Argument<string> Id() => new("operation") { Description = "The operation's id; `bulk list` shows it." };
}
