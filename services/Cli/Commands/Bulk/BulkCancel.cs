using System.CommandLine;
using Crm.Tags.V1;

namespace TagSegments.Cli.Commands;

/// <summary>`bulk cancel`.</summary>
internal static class BulkCancel
{
    public static Command Create()
    {
        var id = BulkStatus.Id();
        var command = new Command("cancel", "Stops a bulk operation; what it has changed stays and can be undone.") { id };
        return command.Runs(async (session, ct) =>
        {
            var request = new CancelBulkOperationRequest { Account = session.RequireAccount(), OperationId = session.Get(id) };
            var operation = (await session.Services.Bulk.CancelBulkOperationAsync(request, cancellationToken: ct)).Operation;
            await BulkProgressView.WriteAsync(session, operation, ct);
        });
    }
}
