using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`bulk status`.</summary>
internal static class BulkStatus
{
    public static Argument<string> Id() => new("operation") { Description = "The operation's id; `bulk list` shows it." };

    public static Command Create()
    {
        var id = Id();
        var wait = new Option<bool>("--wait") { Description = "Wait for its end." };
        var command = new Command("status", "Shows how far a bulk operation is.") { id, wait };
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
}
